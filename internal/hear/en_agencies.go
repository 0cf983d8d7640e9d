package hear

// enAgencies is how agencies and those who work there are named in English.
const enAgencies = `
police: police, policeman, policemen, policewoman, cop, cops, polcie, polic, detective, police officer, interpol
immigration: immigration, imigration, immigration officer, border officer, border guard, border guards
mission: embassy, embasy, consulate, consul, consular, ambassador, attache
kemlu: foreign ministry, ministry of foreign affairs, foreign affairs
military: army, soldier, soldiers, military, navy, marines
manpower: manpower office, ministry of manpower, labour office, labor office, ministry of labour, ministry of labor, labour inspector
official: officials, an official, the official, government official, corrupt official, government officer, government officers, government people, civil servant, corrupt officer, bribed officer
`
