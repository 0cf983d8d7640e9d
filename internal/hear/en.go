package hear

// english is the lexicon of English, as people who learned it late type it.
var english = lexicon{
	lang: inEnglish, short: enShort, common: enCommon, concepts: enConcepts + enControl + enEveryday + enLocks + enCircumstances, answers: enAnswers, commands: enCommands, agencies: enAgencies,
}

const enShort = `
plz pls plss pleas plis = please
hlp helppp hepl halp = help
helpme = help me
u = you
ur = your
r = are
im iam = i am
ive = i have
theyre = they are
dont doesnt didnt dnt = not
cant cannot couldnt cnt = cannot
wont wouldnt = not
isnt arent wasnt = not
havent hasnt hadnt = not
noone = nobody
passports pasports = passport
wanna = want to
gonna = going to
gotta = must
bc cuz coz becoz = because
tmrw tmr tomorow tommorow tommorrow tmw = tomorrow
tonite = tonight
ppl peoples = people
bf = boyfriend
gf = girlfriend
lil = little
msg = message
govt = government
polis = police
somone sumone = someone
`

const enCommon = `
i am is are was were be been being the a an and or but if then than this that these those there here he she it its his her hers him
you your we our ours my mine their theirs what when where who why how which will would should could shall can may might must do does did done
have has had having in on at by for from of to with into onto about after before over under again very really just only also too
please hello hey hi thanks thank not no yes ok okay good bad new old big small day days week weeks month months year years hour hours
now today tomorrow tonight yesterday morning night evening time last first next since until while because so as like get got getting
go going gone went come came coming make made take took know knew think want need tell told say said ask asked see saw seen look find
work working job jobs company money pay paid send sent call called text message phone number email email man men woman women girl girls boy boys
people person someone somebody anyone anybody everyone one two three four five six seven eight nine ten many some any all every each other another
more most much few little lot house home room building floor office place country city town street near far back out up down off inside outside
away still already never ever always sometimes maybe soon later long ago english language speak report information question legal visa contract agency
agent employer salary wage ticket travel flight airport embassy police border help helping check order price free real service website online
buy sell bought shoes volunteer organization wonderful happy sad nice weather movie film song game love traffic office meeting
missing lost contact worried urgent believe heard hear hearing friend friends brother sister wife husband son daughter mother father mom dad cousin uncle aunt
name names story wheres wait waiting reply answer read write wrote typing using use used same different
`

const enConcepts = `
confine: locked, locked up, locked in, confined, captive, hostage, imprisoned, kept prisoner, caged, held against, prisoner, prisoners, detained against, held captive, held prisoner, held hostage, locked inside, kidnapped, abducted, being held, holding us, holding me, holding him, holding her, holding them, keep us, keeping us, keeping me, keeping him, keeping her, kept inside, kept in a, held in a, held inside, held here
kidnap: kidnapped, abducted, drugged, dragged away, taken by force, snatched
lock: lock, locks, locking
trap: trapped, stuck, stranded, can not escape
held: taken, took, take, kept, keep, keeps, confiscated, holding, hold, holds, withheld, seized, withhold, collected, away, has my, have my, have our, has our, confiscate, grabbed, stole, hiding my
passport: passport, documents, papers, id card, travel document
phone: phone, phones, mobile, cell, sim card
phone_checked: checked, check, checks, monitored, monitor, read, tapped, searched, searches
police: police, immigration, soldiers, army
jail: jail, jailed, prison, detention, in detention, arrested, in a cell, custody
beat: beaten, beat, hit, tortured, torture, electrocuted, electric shock, shocked, slapped, kicked, whipped, punched, abused, tasered, tased, burned, stabbed, bruises, bruised, beating, beatings, hurt, assaulted, electric baton, choked, scalded, bruise, burnt, black eye, beats, hits, hitting, kicks, slaps, shocks, torturing, hurting, violence, electroshock, hurts
hit: pours, pour, poured, throws, threw
blows: blows
weapon: gun, guns, knife, weapon, weapons, rifle, rifles, armed, baton, batons, taser, stun gun
point_at: pointed at, pointing, at gunpoint, gunpoint, gun to
shoot: shot, shoot, shooting, shot at
kill: kill, killed, killing, murder, murdered, throw into the river, bury, dead body, bodies, die if, kills, life is in danger, lives in danger, lives are in danger, fear for my life, fearing for
dead: died, dead, dying, jumped from, body, death
threaten: threatened, threaten, threatening, threats, threat, threatens, intimidated
sell: sold, sell, selling, resold, trafficked, auctioned, sells
transfer: taken by, was taken, taken to, send me to, send us to, send him to, send her to, moved, transferred, transfer, move, handed over, hand over, traded, shipped, taken to, bring us, moving us, sent to another, take us, moving, send us, swap, sending us, taking us, taken away, take me, moving me, move me, move us, transferring, relocate, relocated
pack: pack our, pack bags, pack your, packing, pack my, pack up
takeaway: taken away, dragged out, took him away, took her away, taken out, taken downstairs, took them away
ransom: ransom, pay for his release, pay for her release, buy him back, buy her back, buy back, bail him out
moneywant: want money, asking for money, demand money, demanding money, asking money, extort, extorting, want us to pay, demanding, demand, asked for money, want payment, wants money, demands, ask money, ask for money, asks for money
asks: want, wants, asking, ask, asked, told us to, say we, demand, demanding, demanded, says
money: money, dollars, usd, dollar, thousand, million, rupiah, baht, usdt, crypto, fee, fine, debt, bitcoin, ringgit
pay: pay, paid, payment, transfer, send money, compensate, settle, paying
mustpay: must pay, have to pay, need to pay, pay first, unless we pay, unless i pay, forced to pay, pay before, until we pay, until i pay, pay them, pay back, unless they pay, made to pay, until i paid, buy my freedom, pay the company, pay off, pay a fine, pay compensation
release: release, released, free, let go, let me go, let him go, let her go, let us go, leave, go home, freedom, return, come home, return him, let them go, quit, go free, resign, give him back, give her back, get out
notpaid: not pay, not send, unless we pay, unless i pay, if we not, if no money, or else, otherwise, no payment, refuse to pay
before_or: before, until, unless, if, or, then, to
penalty: fine, fines, fined, penalty, deduct, deducted, deductions
flee: escape, escaped, run away, ran away, running away, fled, flee, on the run, ran, running from, got away, escaping, we run, i run, slipped out, sneaked out, jumped the fence, climbed the wall, crossed the river, swam across
hide: hide, hiding, hidden, hid
chase: chasing, chase, looking for us, looking for me, searching for us, searching for me, after us, hunting, hunting us, hunt, chased, coming for us, coming for me, looking for him, looking for her, pursuing
wild: forest, jungle, bush, river, field, border, swamp, cornfield, woods, farm
beg: begging, begged, beg, pleading, begs, asking for help, asked for help, cry for help, crying for help, pleaded, needs rescue, need rescue, asks for help, ask for help, signal for help, wrote help
saveme: get me out, get us out, get him out, get her out, save me, save us, rescue me, rescue us, take us home, pick us up, come get us, come get me, free us, bring me home, get them out, bring her home, bring him home
only: only, just, barely
toilet: toilet, bathroom, restroom
bought: bought me, bought us, bought her, bought him, bought from the agent
alone: nobody knows, no one knows, no one can help, nobody can help, no one to help, nobody cares, do not know where i am, not know where we are, not know where i am
cryword: help, not safe, not safe here, in danger, danger, unsafe, dont feel safe, dont feel safe here, sos, emergency, mayday, rescue, save
save: save, rescue, get me out, get us out, get him out, get her out, pull us out, evacuate, get them out, bring him home, bring her home, take us home, pick us up, come get us, come get me, free us
cryweep: crying, cried, screaming, screams, scream, terrified, sobbing, shaking, whispering
tied: tied, tied up, handcuffed, chained, cuffed, shackled, blindfolded, gagged, bound, chains, handcuffs, handcuff, cuffs
eat: food, eat, eaten, water, meal, meals, feed, fed, drink, rice, drinking water
starve: starving, starved, starve, one meal a day, one meal, once a day, rotten food, malnourished, barely eat, little food, rotten rice, hungry
given: give, given, gives, get, gets, allowed, have, fed, giving, got, without, any, provide
punish: punished, punish, punishment, squats, push ups, pushups, frog jumps, dark room, made to stand, made to kneel, stand in the sun, kneel, solitary, water dungeon, black room, made to run, hang us, stripped naked, made us squat, made us run, punishments, strip us
target: target, targets, quota, quotas
door: door, doors, gate, gates, window, windows, fence, wall, walls, building, compound, dormitory, room, dorm, exit, exits, elevator, house
shut: guarded, locked, chained, barred, welded, padlocked, bars, barbed wire, padlock, razor wire, sealed, iron bars, locks, electric fence
guard: guarded, guard, guards, guarding, escorted, followed, escort, under guard, follows, follow, follow us, accompanies, watched
guards: guards, guard, soldiers, thugs, gangsters, militia, armed men, security guards, bodyguards, gunmen, security
watch: watched, watching, monitored, watch us, cameras, cctv, watch me, surveillance, watches
barbed: barbed wire, razor wire, electric fence, high walls, high wall, watchtower, barbed, high fence
not: not, no, cannot, never, without, nobody, unable, prohibited, nor, hardly, neither, isnt, barely, refuse to let, refuses to let, wont let, stop us, wont allow, none, refused to let
notyet: yet
allowed: let, allowed, allow, permitted, permission, lets, allows, letting, let us, let me
may: let, allowed, allow, can, able, permitted, permission, lets, allows, letting, free to, let us
forbid: forbidden, forbid, prohibited, banned from, not permitted, prevent, prevented from, stopped from, refuse to let, refuses to let
outside: go downstairs, go anywhere, leave, go out, outside, get out, exit, step out, walk out, leaving, go anywhere, leave the building, go outside, off the boat, off the ship, out of the building, leave the house, leave the compound, getting out, step outside
home: go home, return home, come home, fly home, leave, quit, return, back home, resign, go back
contact_home: call home, call family, call my family, contact family, contact my family, call our families, use phone, use my phone, talk to family
faint: unconscious, fainted, collapsed, passed out, not wake up, not waking, seizure, coma
bleed: bleeding, blood, broken arm, broken leg, broken bone, wounded, wound, injured, infected, infection, giving birth, water broke, waters broke, contractions, in labour, in labor, miscarriage, fracture, broken ribs, injuries, burns, wounds, swollen, broken, cannot breathe, cannot walk, labour, miscarried, injury
ill: sick, ill, fever, very ill, malaria, dengue, vomiting, tuberculosis, dehydrated, very sick, seriously ill
doctor: doctor, hospital, medicine, clinic, medical, treatment, medication, treated, medical help
pregnant: pregnant, expecting a baby
die_wish: want to die, kill myself, end my life, suicide, suicidal, rather die, better dead, hurt myself, jump off, no reason to live, dont want to live, not want to live, not want to be alive, wish i was dead, end it all, ending it, take my own life, slit my wrists, harm myself, cut myself, ending my life, want to end it, want it to end, better off dead, wish i were dead, jump from the roof, tired of living, not wake up tomorrow, no point living, want to disappear, jump out the window, cutting myself
cant_bear: cannot take it, cannot go on, cannot stand it, give up, giving up, hopeless, cannot take this, losing hope, breaking down
child: minor, minors, underage, under age, years old, child, children, teenager, teenage, teen, schoolgirl, little girl, kid, kids, little boy, baby, young girl, young girls, student, toddler, under 18, underaged, infant
sexwork: prostitution, prostitute, brothel, karaoke, massage parlor, massage parlour, sex work, bar, red light, escort service, pimp, strip club, nightclub, spa
serve: serve, serving, service, sleep with, entertain, have sex, sex with
guest: customers, clients, men, guests, customer, client, boss, strangers, old men
rape: raped, rape, sexually abused, sexually assaulted, molested, touch me, touches me, touched me, naked, sexual abuse, sexual harassment, assaulted me, force himself, forced himself, undress, gang raped, nude photos, into his room, to his room, sexual assault, sexually, groped, touching me, nude, harasses me
force: forced, force, forcing, made to, make us, make me, makes us, makes me, makes them, made us, made me, have to, coerced, forces
forced: forced, force, forcing, enslaved, slavery, slave, slaves, coerced, forced labor, forced labour, forces
scamwork: scam, scams, scamming, scammer, fraud, cheat people, romance scam, pig butchering, trick people, cheat, deceive people, phishing, lie to people, scam people, illegal online, love scam, cheating people
work: work, working, labor, labour, works
overtime: 15 hours, 16 hours, 17 hours, 18 hours, 20 hours, 14 hours, 19 hours, no rest, no day off, without rest, no sleep, not allowed to sleep, day and night, no days off, without a break, never a day off, no break, around the clock, no holiday, without a day off
unpaid: not paid, never paid, no salary, no pay, unpaid, without pay, salary withheld, no wages, not been paid, wages withheld, not pay me, not pay us, without salary, not get paid, not getting paid, wages kept, not received salary, keeps my salary, holding my salary, never pay, not given salary, owe me, no money paid, not paying me, not paying us, kept my wages, keeps my wages, withholds my wages, keeps our salary, not pay my salary, not pay our salary
debt: debt bondage, in debt, my debt, our debt, debts, debt keeps, owe them, owe the company, the debt, owes them, a debt
bad_place: here, company, building, compound, office, factory, this place, boat, ship, scam center, scam centre, scam compound, hell, scam office
here: here, this place
caught: caught, find out, finds out, found out, catch me, catch us, catches, catches me, discover
secret: secretly, not call, not reply, not text back, before they come, before he comes, before she comes, cannot talk, delete this, cannot talk long, in the toilet, in the bathroom, quickly before, not much time, borrowed phone, cant talk, friend phone, hidden phone, whisper, not call back, hid a phone, do not answer, little time, hurry before
borrowed: not my phone, phone is not mine, my friends phone, phone of a friend, borrowed phone, friends phone, borrowed, someones phone, using a friend, someone else phone
organ: kidney, organ, organs, kidneys, organ harvesting
cut: cut off, cut his finger, cut my finger, fingers cut, pulled nails, cut off his, cut fingers, cutting fingers, cut her, fingers
turn: my turn, i am next, we are next, next is me, i will be next, our turn
noreturn: never came back, not come back, not returned, not came back, never returned, never seen again, not seen since, disappeared, never come back, havent seen
domestic: domestic worker, maid, housemaid, maids, employer, madam, nanny, housekeeper, caregiver, domestic helper, helper, domestic workers
fishing: fishing boat, fishing vessel, ship, boat, vessel, at sea, captain, crew, trawler, deckhand
marriage: forced marriage, forced to marry, mail order bride, bride, married off, marry him, marry an old man, made to marry
scared: scared, afraid, frightened, terrified, fear, panicking, in fear
missing: missing, lost contact, disappeared, not heard from, no contact, not heard, cannot reach, phone off, no news, cannot contact, not replying, not answering, phone is off, gone missing, unreachable, stopped replying, stopped answering, vanished, not been heard, not online, went silent, no word from, lost touch, no reply, no answer, cannot be reached
daily: every day, daily, every night, always, everyday, constantly, again and again, often, all the time, again, each day, all day, yesterday, last night
now: now, right now, at this moment, being, just now
still: still
soon: tomorrow, tonight, today, soon, this morning, this evening, in a few hours, any moment, this week, next week, after midnight, midnight, at dawn, in an hour
will: wants to, will, going to, about to, plan to, want to, planning, threatened to, threaten to, say they, being, gonna, says he, preparing to, soon, or be, get, threatening to, would, might
video: video, photo, videos, photos, picture, pictures, recording, voice note
`

const enEveryday = `
me: i, me, my, myself
us: we, us, our
they: they, he, she, him, her, them, his
kin: brother, sister, wife, husband, son, daughter, mother, father, mom, dad, cousin, niece, nephew, uncle, aunt, fiance, fiancee, parents, grandson, granddaughter, sibling, boyfriend, girlfriend, relative, mum, stepson, sister in law, brother in law, family member
own_kin: my brother, my sister, my wife, my husband, my son, my daughter, my mother, my father, my mom, my dad, my cousin, my niece, my nephew, my uncle, my aunt, my fiance, my fiancee, our son, our daughter, my parents, my boyfriend, my girlfriend, my little brother, my younger brother, my older brother, my little sister, my younger sister, my relative, our brother, our sister, her brother
greeting: hi, hello, hey, please, dear, sir, madam, me, us, someone, anyone, somebody, anybody, god, asap, urgent, i, need, the, to, you, can, is, there, really, very, much, so, fast, quick, quickly, for, now, my, oh, we, here, and, are, team, anyone here
sold_out: sold out, selling out
recruiting: recruits, recruiting people, recruit, sending people, sends people
family_word: family
insider: here, roommate, our floor, our room, our boss
friend: friend, friends, neighbour, neighbor, colleague, coworker, co worker, classmate, neighbors, neighbours, roommate, coworkers, colleagues, former colleague, someone i know, acquaintance
people: people, men, women, girls, workers, girl, woman, man, boys, boy, indonesians, indonesian, victims, maids, person, persons, lady, employee, employees, migrants
captor: sir, boss, employer, agent, agency, guards, guard, they, supervisor, leader, company, manager, he, she, chinese, captain, pimp, madam, trafficker, traffickers, recruiter, gang, owner, man, men, husband, captors, boss's, foreman, handler, team leader, sponsor, bosses
saw: saw, i see, seen, noticed, witnessed, witness, reporting, report, overheard, suspect, suspicious, hear screaming, i heard, i believe, there are, there is, want to report, like to report, i think
near_me: next door, near my house, my neighborhood, my street, across the street, near my, my neighbour, in my building, near our, down the street, my area, in my area
back: back home, came back, i returned, returned home, safe now, back in indonesia, i am home, was rescued, i was rescued, got home, returned from, former worker, i was a victim, i was trafficked, i came home, came home, i used to work, repatriated, already home, survivor, since i got back, since i returned, i escaped last year, home now, now home in, now back home, i was in, when i was in, i am back
past_time: january, february, march, april, may, june, july, august, september, october, november, december, last year, last month, last week
past: used to, last year, ago, before, was, were, formerly, years ago, months ago, former
aftercare: restitution, counselling, counseling, therapist, psychologist, nightmares, compensation, trauma, shelter, cannot sleep, legal aid, unpaid wages, reintegration
offer: job offer, offered, job vacancy, vacancy, recruitment, hiring, recruitment agency, work abroad, looking for a job, apply, job in, offer, applying, interview, work permit, job opening, job ad, job overseas, a job, the offer, employment agency, offered a job
advert: click, click here, join now, apply now, contact us now, limited slots, earn, whatsapp us, sign up, free ticket, discount, subscribe, promo code, easy money, work from home, dm now, high salary, passive income, limited offer, limited time, crypto signal, register now, promotion
junk: prize, won, loan, lottery, casino bonus, jackpot, package, parcel, delivery, order, refund, shoes, subscription, invoice, coupon, promo, betting, investment opportunity, laptop, wifi, pizza, homework, recipe, weather, concert, ticket price, rent, apartment, car, followers, password, account, game, airbnb, hotel booking, insurance, printer, essay, exam, netflix, my ex, crush, cat, dog, bank account, credit card, router, charger, battery, tv, restaurant, movie tickets, warranty, dating, discount, playlist
fiction: movie, film, series, novel, drama, book, song, game, documentary, article, thesis, research, podcast, netflix, episode, essay, school project, term paper, research paper, homework, tv show, roblox, minecraft, journalist, reporter, interview, news article, studying, season, character, dream, youtube
animal: cat, dog, bird, hamster, rabbit, fish, kitten, puppy, chicken, pet, cow, horse
thing: house, car, phone, tickets, land, account, apartment, motorcycle, bike, laptop, shoes, product, item, items, clothes, stock, furniture, shop, business, store, tickets, sneakers, books, stuff, crypto, guitar
locked_out: locked out, locked myself out, locked my keys, lock screen, locked my phone, account locked, account is locked
household: car, account, phone, bike, locker, keys, key, password, email, apartment keys, file, wallet, luggage, laptop, icloud, instagram, facebook, bank, atm
weather: rain, traffic, flood, storm, snow, weather, queue, elevator music
figurative: traffic, deadline, boredom, homework, exam, exams, laughing, laughter, curiosity, love, work emails, meetings, heat, hunger for, meeting, boring, monday, essay, shopping, mosquitoes, headache, hangover, math, assignment, back pain, gym, leg day, bored, cuteness, suspense, traffic jam, jokes
scammed_online: scammed buying, scammed online, online shopping, online scam, got scammed, been scammed, fake shop, fake seller, investment scam, my money back, refund
question: is it true, are there really, how do, how can, can you, is it, do you, could you, are there, which, does, is this, is there, why, whats
deceive: lied, tricked, deceived, promised, different from, not what, fake job, lied to, false promise, instead, not the job
contract: contract, resign, hr, penalty, bond, notice period, resignation, certificate
work_issue: passport, visa, agent, employer, salary, contract, resign, permit, overstay, company, wages, deported, stuck
want_home: want to go home, go home, come home, return home, get home, help me go home, back to indonesia, return to indonesia, want to leave
promise: jobs in, promised, told, said, supposed, offered, thought, was told, originally, meant to, hired for, job in, applied for, contract said, contract says
actual: actually, now in, ended up, now at, now, brought to, taken to, sent to, moved to, last seen, last location, currently, stuck in, trapped in, location, arrived in, landed in, instead, inside, held in, held at, locked in, last heard from, last message from, sold to, hiding in, working in, last known, brought me to, brought us to, turned out, took us to, took me to, but it is, smuggled to, driven to, last call from
from: from, native of, originally from, indonesian from, lives in, live in, born in, hometown, i live in, family in
via: via, through, transit, airport, flew, flight, landed, passing, changed planes
near: near, close to, across from, next to, around, opposite, outside, border
place_prep: in, to, at, from, inside, into, near, around
future: will, going to, about to, tomorrow, plan, planning, want to, threaten to, tonight, gonna
negword: not, no, never, isnt, without, neither, cannot
ended: anymore, longer
retract: wrong number, wrong person, ignore my, ignore that, ignore this, ignore the last, sent by mistake, by mistake, was not me, it wasnt me, just kidding, just joking, not me, my kid, never mind, nevermind, forget it, forget what, was a joke, just a joke, joking, only joking, disregard
retract_not: not me but, not me only, not me alone
oracle: has my brother, has my sister, did my brother, did my sister, is my brother safe, is my sister safe, is my son safe, is my daughter safe, did he contact, did she contact, has he contacted, has she contacted, contacted you, written to you, texted you, reported to you, has anyone reported, did anyone report, has anyone named, any report about, report about, messaged you, check a name, check the name, check name, anyone named, do you have a case, list of victims, wrote to you, has anybody, did anybody, is my husband safe, is my wife safe, a case for, a report on
price: how much, is it free, is this free, free of charge, cost, fee, is this real, are you real, who is this, who are you, is this a scam, are you a scam, is this legit, do i have to pay, a robot, a bot, legit, charge for, do you charge, whose number, what number is this, are you a human, is this official
many: many, several, dozens, hundreds, some, group
counted: people, men, women, girls, boys, workers, indonesians, victims, children, kids, girl, boy, persons, friends, man, woman, employees, maids, of us, colleagues, minors, crew
recruited: recruited, lured, hired through, recruited by, through facebook, through tiktok, brought here
family_writer: i am his, i am her, her mother, his mother, his father, her father, his wife, her husband, on behalf of the family, we are the family, i am the mother, i am the father
self_too: me too, and me, with me, i was also, all of us, we are all, my turn, i am next, and i, we both
info_words: how do you, how do i, how can i, how to, what is, legal, legit, registered, volunteer, donate, opening hours, address of, embassy number, is it safe, requirements, procedure, statistics, partnership, what are your, hotline number, awareness, check if, is it true, internship
`

const enAnswers = `
* yes: yes, y, yeah, yep, yup, correct, right, true, sure, affirmative, yes please, yes there is, yes i am, i am
* no: no, n, nope, not, nah, none, no one, no thanks, negative, not at all
* unsure: not sure, maybe, unsure, no idea, i not know, not know, perhaps, dunno, i am not sure, do not know, idk, not certain
* unknown: not sure, no idea, i not know, not know, unknown, unsure, do not know, dunno, idk
* none: none, nothing, no, no one, nobody, none of these, not forced, none of them, no plan
* nobody: nobody, no one, no, none, only me, just me, my own, not yet, my own phone, only i
* skip: skip, pass, next, rather not say, no comment, prefer not to say
* other: other, others, another, something else, somewhere else, else
safe_now yes: can, safe, ok, okay, i can, yes i can, go ahead, safe now
safe_now no: not safe, later, do not reply, not reply, cannot, not now, dont, danger, wait, no do not reply, cannot chat, i cannot
language id: indonesian, indonesia, bahasa
language en: english, eng, in english
danger_who me: yes, me, yes me, i am, myself, us, we are, i do
danger_who other: someone else, other, my brother, my sister, my friend, yes someone else, they, him, her, my wife, my husband, my son, my daughter, somebody else
danger_who no: no, safe, no one, nobody
who victim: me, myself, about me, i am, us
who family: family, friend, brother, sister, wife, husband, son, daughter, my brother, my sister, my wife, my husband, family or friend, my son, my daughter, my friend, cousin
who witness: someone else, stranger, others, neighbour, neighbor, i saw, people i saw
who returnee: i am back home, back home, home, returned, i am home, i am back, came back
who info: question, just a question, just asking, information, asking, info, i have a question
deadline now: now, right now, at this moment, happening now, immediately
deadline today: today, tonight, later today, this evening, this afternoon
deadline tomorrow: tomorrow, tomorrow morning, tomorrow night
danger_now yes: very bad, danger, in danger, bad, yes danger, emergency, urgent, help, very dangerous, threatened
danger_now no: ok, fine, safe, okay, no danger, i am ok, i am fine, i am safe, good
danger_now self_harm: hurt myself, i want to hurt myself, want to die, kill myself
device_watched yes: watched, they check, checked, monitored, they read, they can, they do
device_watched sometimes: sometimes, at times, occasionally, now and then
device_watched nobody: nobody, no one, my own phone, only me
device_watched borrowed: borrowed, borrowed phone, it is borrowed, friends phone, not my phone, a friends phone, it is a borrowed phone
country other: on a ship, ship, boat, at sea, on a boat, vessel
freedom free: free, can, i can, yes i can
freedom locked: no go out, cannot go out, can not go out, not go out, locked, guarded, locked in, no, cannot, not allowed, i cannot, locked up, no i cannot, locked in or guarded
freedom escorted: permission, with permission, only with permission, need permission, escorted, need to ask, with a guard
freedom running: running, hiding, ran away, escaped, on the road, on the run, run away
freedom out: out, already out, outside, i am out, got out
freedom detained: police, immigration, held by police, detained, jail, detention, arrested, in detention
age_band under18: under 18, minor, child, below 18, underage, less than 18
age_band adult: adult, over 18, above 18, 18 or older, older than 18, grown up
violence beaten: beaten, shocked, hit, beaten or shocked
violence abused: abused, sexually abused, raped
violence threatened: threatened, threats
health injured: injured, sick, hurt, very ill, ill, wounded
health pregnant: pregnant
health with_child: small child, child, with child, baby, with a small child, kids
health soon: yes, i do, doctor, counsellor, soon, yes soon, now, immediately
health later: later, yes later
health no: no, no need
control passport_kept: passport, passport kept, passport taken
control must_pay: must pay, pay, debt, fine, pay first, must pay first
control pay_held: salary, pay held, wages, not paid, pay held back
control phone_taken: phone, phone taken, phone checked, phone taken checked
forced_work online: online, scam, computer, online work
forced_work sex: sex, customers, sex with customers
forced_work other: other work, other, factory, housework
forced_work none: not forced, no, none
recontact only_me: only me, i will write, me, do not, no i will write, i write, no, i do
recontact any_time: any time, anytime, you can, whenever, you may, you
recontact hours: certain hours, at certain hours, certain times
recontact message: message, by message, text, chat, yes, yes by message
recontact call: call, phone call, by call, message or call, phone, both
recontact morning: morning
recontact midday: midday, noon
recontact afternoon: afternoon
recontact evening: evening, night
people one: only me, just me, alone, one, one person, i am alone, myself
people few: few, a few, two, three, some, several
people many: many, a lot, dozens, hundreds, lots
officer_sex woman: woman, female, a woman, lady
officer_sex man: man, male, a man
officer_sex anyone: anyone, any, either, whoever, no preference
last_contact today: today, just now, this morning
last_contact days: yesterday, few days ago, days ago, a few days ago, less than a week
last_contact weeks: last week, over a week, two weeks, weeks, weeks ago
last_contact months: last month, over a month, months, a month ago, months ago
told locked: locked, locked in, locked up
told hurt: hurt, beaten, threatened, hurt or threatened
told passport_kept: passport kept, passport, passport taken
told forced_work: forced to work, forced, forced work
told nothing: nothing, no, none
ransom unpaid: not paid, yes not paid, yes, unpaid, not yet, yes not yet
ransom paid: paid, yes paid, already paid, we paid
ransom_when today_or_tomorrow: today, tomorrow, today or tomorrow, tonight
ransom_when this_week: this week, few days, a week
recruiter family: family, relative, uncle, aunt, cousin
recruiter friend: friend, neighbour, neighbor, a friend
recruiter social_media: facebook, social media, tiktok, instagram, telegram, online
recruiter agency: agency, agent, company, an agency
contact_safe watched: yes, watched, taken, confiscated
contact_safe not_watched: no, not watched, safe
reported_to mission: embassy, consulate, foreign ministry, ministry
reported_to police: police
reported_to worker_office: worker office, migrant worker office
reported_to aid_group: aid group, ngo, iom, charity
self_safe safe: safe, yes, i am safe, yes safe
self_safe unsafe: not safe, no, unsafe, afraid
seen locked: locked, guarded, locked guarded
seen hurt: hurt, beaten, bruises
seen child: child, children, minor, kids
seen taken: phone taken, passport taken, passport
seen forced_sex: sex work, forced sex work, prostitution
basis saw: saw it, saw, i saw it, saw myself, witnessed
basis told_by_person: the person told me, he told me, she told me, they told me, person told me
basis told_by_other: someone else told me, someone told me, heard, neighbours told me
basis internet: internet, online, from the internet, social media, facebook
when now: now, happening now, right now, still
when today: today, this morning
when days: yesterday, few days ago, days ago, a few days ago
when week_or_more: last week, more than a week ago, last month, long ago
needs documents: documents, passport, papers
needs legal: legal, lawyer, legal aid
needs work: work, job
needs shelter: shelter, a place to stay, place to stay, housing
needs wages: wages, unpaid wages, salary
needs protection: protection, protect
pressure asked_back: asking me to go back, asked to go back, go back
pressure threatened: threatening, pressing, threatened, pressing or threatening
legal_status soon: yes, i do, soon, yes soon
legal_status later: later, yes later
departure on_the_way: on the way, airport, at the airport, already on the way
departure this_week: this week, tomorrow, today
departure later: later, next month, next week
departure none: no plan, no plan yet, not yet, no
offer_signs tourist_visa: tourist visa, visit visa
offer_signs no_contract: no contract, no written contract, without contract
offer_signs cost_as_debt: debt, costs become a debt, deducted from salary
offer_signs passport_with_agent: agent holds the passport, agent has my passport, agent has passport
`

const enCommands = `
help: menu, info, show menu, options
human: call me, please call me, can you call me, is anyone there, anyone there, anybody there, are you there, can i call, can i call you, can i call someone, where is the staff, human, staff, agent, operator, person, real person, talk to a human, talk to a person, speak to a human, speak to a person, talk to someone, speak to someone, i want to talk to a person, can i talk to a human, can i talk to someone, human please, talk to human, talk to a real person, i want to talk to someone, speak with a person, talk to staff
stop: stop, unsubscribe, end, quit, cancel, stopall, stop messaging me, stop texting me, stop it
quiet: quiet, silence, be quiet, do not text me, silent
back: wrong answer, wrong, mistake, my mistake, change my answer, back, go back, previous, undo, previous question
forget: forget me, forget about me, forget my case, forget my report, delete my data, erase my data, remove my data, delete all my data, delete my information, erase my information, remove my information, delete my report, delete my case, erase my case, remove me from your records, delete me from your records, delete everything about me, erase everything about me, please delete all of my data, i want my data deleted, delete my personal data, forget us, delete my info, delete my details, delete my account, delete my record, delete my records, delete my name, delete my number, delete all data, delete all my info, forgetme, delete our data
delete: delete, erase, delete chat, delete everything, delete all, delete my messages, delete this chat, delete messages, wipe, clear chat, delete this
language: language, change language, lang, switch language
language en: english, english please, in english, in english please, can you speak english, speak english, do you speak english, change to english, switch to english, english language, use english, i speak english, please speak english, can we use english, i only speak english
language id: indonesian, speak indonesian, change to indonesian, switch to indonesian, use indonesian
`

// enLocks are the English words that turn a danger into something else, and a
// few that only rules use.
const enLocks = `
goods: package, parcel, money, ticket, file, house, apartment, school, order, furniture
laugh: lol, haha, lmao, hahaha, omg lol, rofl
cannot_see: cannot see, can not see
sport: marathon, morning run, jogging, run club, for a run, races
school: school fees, kindergarten, enrollment, scholarship, graduation
job_move: new house, new apartment, moved to a new, moving house, promotion, branch office, moving to a
traffic_fine: parking fine, speeding, late fee
question_only: how to collect
number_of_days: for days, since yesterday, all day, two days, three days, days
border: border, another country, across the border, another boat, another ship
body: head, back, face, legs, arms, feet
someone_dead: someone, one of them, one of us, one guy
plea_words: said he is scared, said she is scared, whispered, crying, cannot talk, save me
`
