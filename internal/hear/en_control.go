package hear

// enControl is idControl in English.
const enControl = `
agent_holds: agent holds my passport, agent has my passport, agent keeps my passport, my passport is with the agent
wants: want to work, can i work, looking for work, looking for a job, want a job
noreply: do not reply, dont reply, do not answer, dont answer, do not text back, dont text back, do not write back, dont write back, no reply please
depart: fly, flying, flight, leave for, leaving for, depart, departing
airport: at the airport, in the airport, boarding now
shut: nailed, nailed shut, boarded up, boarded
barred: cannot, unable to, not able to, not allowed to, not permitted to
basic: sleep, rest, sit, talk, speak, pray, shower, use the toilet, use the bathroom, drink
mercy: begged for mercy, begging for mercy, beg for mercy
bought: belong to them, belong to him, belong to her, i cost, paid for me, paid for us, owns me, own me, owns us, own us, bought by, my price
pretend: pretend, pretending
elsewhere: another place, another company, another building, other company, other place, new boss, another boss, different company, new place, next company, different place
conditions: rotten, filthy, sleep on the floor, overcrowded, dirty water, no clean water, one room, cockroaches
insult: shout, shouts, insults, yells, screams at, spit on, curses
rape: comes into my room, comes to my room, enters my room, no clothes, without clothes, nude pictures, naked pictures, gets in my bed, touched my
die_wish: goodbye letter, suicide note, farewell letter, last message to, i will jump, going to jump, say goodbye
safe_spot: church, mosque, temple, gas station, petrol station, roadside, police station, stranger house, hotel, market, side of the road, bus station
suffer: will suffer, will regret, be sorry, pay for it, consequences, will get hurt, regret it
visit: came to my house, watching my house, come to my house, outside my house, following me, came looking for me, came to our house, waiting outside
newpeople: new people, new workers, new recruits, replacement, replacements, more people
shockstick: electric baton, stun gun, taser, cattle prod, shock baton, electric stick
confine: never see the sun, not seen the sun, no sunlight, like a prison, like prisoners, like prison, feels like prison, cannot go downstairs
counted_off: count us, counted us, counts us, roll call, headcount
collusion: friends with the boss, police are paid, police is paid, bribed, work with the boss, paid the police, police work with, police are friends
saveme: send help, send someone, get me away, take me away from here
wantout: want to get out, need to get out, want out, want to leave this place, have to get out of here, want to leave here
selfvictim: i am a victim, we are victims, victim of trafficking, trafficking victim, i was trafficked, been trafficked, human trafficking victim
farewell: pray for me, take care of mom, take care of my kids, take care of the kids, forgive me, if i die, last time we talk, goodbye mom
freed: let go, let her go, let him go, released, release, freed, let them go, let me go
beg: wrote help, said help, texted help, typed help, only wrote help, whispered help
smuggle: smuggle, smuggled, people across, without papers, at night by boat, illegal crossing
cryword: come fast, come quick, come quickly, please hurry, hurry
come: come, hurry
nowhome: now home, i am safe, now i am home, now i am safe
trade: loan, loans, sale, discount, promo, coupon, order, delivery, concert, internet, wifi, bill, electricity, restaurant, exam, game, homework, warranty, refund, subscription, airbnb, rent, recipe, contest, password
askif: is it legit, is this legit, is it real, is it legal, a scam or not, is it normal, is that normal, is this normal
student: student, internship, school project, university project
`
