package hear

// enCircumstances is idCircumstances in English.
const enCircumstances = `
wound: blisters, blistered, scar, scars, bitten, bite, head open, swollen, limping, black and blue, cannot walk, cannot stand up, infected, burn marks, marks, maggots, rotting, open wound, wounds, wound, cuts, coughing blood, vomiting blood
limb: head, back, face, legs, leg, arms, arm, feet, foot, eye, eyes, hand, hands, skin, ribs, finger, ear, stomach, mouth, teeth, chest, neck
tool: pipe, metal pipe, iron, hot iron, belt, cable, hose, stick, hot water, boiling water, hot oil, cigarette, cigarettes, broom, hammer, hook, bottle, rod, bat, frying pan, whip, wire, shoe
struck: with, using, poured, pressed, put, used
onpurpose: on purpose, purposely, deliberately, because
lord: boss, employer, sir, madam, owner, agent, supervisor, manager, captain, guard, leader, foreman, sponsor
captor: mate, bosun, first mate, mister, landlord, guards here
enter: comes in, comes into, enters, came into, gets in
room: room, bed, my room, my bed
ifword: if, when, in case
silent: do not hear from me, not hear from me, not reply, not answer, stop replying, no reply, go silent, disappear, go offline, not online
means: it means, means, assume, tell my, call the police, then they
destroy: finish my, finish him, finish her, finish you, destroy my family, harm my, harm him, harm her, hurt my, ruin my family, go after my, get my
knowhome: know where, knows where, my address, our address, know my house, knows my house, knows my family, know my family, where my family lives, where my parents live, where i live, where we live, pictures of my house, photo of my house, photos of my kids, photo of my son, photo of my daughter, photo of my mother, my kids school
tricked: tricked, lied to, deceived
gotout: got out of, i am out of, we are out of, released from, freed from, was let out of
suffer: will pay for it, will pay the price, family will, know what happens
punish: small room, small dark room, stand all night, stand all day, stand in the sun, dark cell, isolation room, isolation, run laps, shaved my head, shaved our heads, shaved his head, shaved her head, cold room, ice water, tied to a pole, in the basement, kneel on, push up, frog jump, no sleep as punishment
target: sales, clients, deposit, deposits, kpi, numbers
hidespot: under the bed, under bed, in the closet, in the wardrobe, in the ceiling, behind the wall, on the roof, under the truck, in a ditch, in the attic, in the cupboard, behind the door, in the toilet, in the bathroom, under the table, in the bushes, empty house, abandoned house, under a bridge, in the water tank
outthere: corridor, hallway, outside, downstairs, at the door, knocking, banging, walking around, driving around, outside the door
pills: sleeping pills, pills, tablets, poison, bleach, rat poison, pesticide
swallow: took, swallowed, drank, taken, swallow, take
lots: all, whole, bottle, everything, sorry, forgive, goodbye
die_wish: do not see a reason, not see a reason, no reason to continue, no reason to go on, no reason to be here, not see a point, no point anymore, do not want to exist, not want to wake up, wish i never woke up, sleep forever, join my mother in heaven, cannot live anymore, not want to be here anymore, ready to go forever, do not want to live, everything to end, want it to be over, make it stop forever
blade: razor in my hand, knife in my hand, scissors in my hand, rope is ready
edge: on the ledge, edge of the roof, on the edge, on the balcony rail, top of the building, on the rooftop, on the roof
ledge: standing on the roof, standing on the bridge, standing on the ledge, standing on the edge, standing on the rooftop
turn: my number is next
filmword: movie, film, drama, novel
goodbye: letter to my mom, letter for my mom, letter to my family, letter for my family, do not look for me, forgive me for everything, sorry for everything, this is goodbye, my last message, last message, goodbye everyone, goodbye to my
entrust: look after my, take care of my, tell my mom, tell my mother, tell my family, tell my kids, tell my wife, tell my parents
overboard: overboard, thrown into the sea, threw into the sea, thrown in the sea, dumped at sea, dumped in the sea, into the ocean, in the freezer, body in freezer, buried at sea, into the water, off the ship
notwake: not breathing, not moving, not wake, not waking, not responding, cannot breathe, breathing hard, hard to breathe, not open his eyes, not open her eyes, turning blue, going cold
brought: taken, take, bring, brought, see, sees, seen, get, go
untreated: not treated, no treatment, no medicine, no doctor, no hospital, without medicine, without treatment, refuses to take, refuse to take, ignore, ignores, left to die, leave him to die, no first aid, no medical help, wait to die
keepwork: keep working, still work, must work, still made to work, has to work, have to work, back to work, still working, forced to work, go to work
tumble: fell from, fall from, fell off, fell down, falls from, crushed by, caught in the machine
cutoff: cut off, chopped, chopped off, broke, pulled out, smashed, crushed
finger: finger, fingers, toe, toes, ear, nails, teeth, thumb, hand
shut: padlock, padlocks, padlocked, behind bars, bars on
guarddog: guard dogs, guard dog, release the dogs, let the dogs, dogs loose, dogs at night, dog bit me, dogs bit, bitten by the dog, set the dogs, attack dogs
calledaway: taken, called, dragged, removed, pulled out, picked up, led away, they took
noreturn: never came back, not come back, none came back, nobody came back, never return, never returned, did not return, not returned, not seen again, never seen again, not been seen, bed is empty
drugged: gave us pills, give us pills, give me pills, gave me pills, make us take drugs, injected, forced drugs, make me take drugs, put something in my drink, drug us, drug me, spiked
orstay: or stay forever, stay forever, or never leave, or die here, never go home, never see home, or never go home, die here
cargo: truck, van, lorry, container, speedboat, minibus, trailer, pickup
covered: tarp, tarpaulin, packed, hidden, crammed, covered, at night, no windows, in the back
collusion: returned us to the boss, police gave us back, police sent us back, police brought us back, gave me back to, brought me back to, sent me back to the boss, handed us back, police returned, police called the boss
battery: battery dying, battery low, low battery, battery is, battery at, phone dying, phone will die, phone is dying, battery almost
fearfound: afraid they find, scared they find, scared they will find, afraid they will find, before they find, if they find me, if they find us, if he finds me, they will find me, they will find us, scared to be found, afraid to be found
tail: following me, follows me, car following, following us, stalking me, tracking me, someone is watching me, someone follows, being followed, followed home
seawater: sea water, no drinking water, no clean water, water finished, food finished, no food left, no water left, rain water, food ran out, water ran out
noland: no land, no port, never docked, not docked, never touch land, not touched land, not seen land, not been on land, never go ashore, no shore leave
again: second round, again tomorrow, continue tomorrow, more tomorrow, next round
burnt: burned, burnt, torn, tore, destroyed, threw away, thrown away, shredded
helpless: cannot fight back, cannot fight, cannot refuse, cannot say no, scared to speak, afraid to talk, afraid to speak, scared to report, afraid to report
pleading: please, answer, answer me, pick up, respond, anybody please, someone please
heartword: heart, love, feelings, memories
delayed: delayed, delay, cancelled, canceled, layover
orders: order number, my order, tracking number, amazon
ifme: if i report, if i run, if i leave, if i tell, if i go, if i talk, if i do not, threatened me
flee: crossed river, cross the river, swam
witness_job: i deliver, i drive, i am a driver, i work at a hotel, i clean, i sell, i am a nurse, i am a tourist, i am a doctor, taxi driver, i am a fisherman, saw a, i saw, we saw, there is a house, there is a building
told_us: called, calls, texted, messaged, whispered, said, told, sent, says, wrote
askhow: what documents, can a helper, how can i, how to, which documents, do you have a report, what is the process, can i change, requirements
study: journalist, thesis, interview, researcher, article, research, students, report for
arrived: now in, back in, arrived in, home in
complaint: too high, not as promised, deductions, overcharged, change employer, bad tempered
workplace: factory, employer, agency, salary, wages, contract, work
see: see, seen
outworld: outside, sunlight, daylight, the sun, the street
never: never, not once
escort: escorted, accompanied, walks with, goes with, escorts
thrownfrom: thrown from, pushed from, threw him from, threw her from, thrown off, pushed off, thrown out of the window, pushed out
eat: bread, noodles, crackers, biscuits
punish: toilet water, drink urine, drink toilet, cut my hair, pulls my hair, pulled my hair, cut her hair, dog cage
enter: knocks on, knocks at, knocks
fetch: pick up, pick us up, car comes, van comes, driving us, drive us, bring us
gone: disappear, vanish, die, dead, get hurt, be taken
`
