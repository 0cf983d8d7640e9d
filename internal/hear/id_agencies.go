package hear

// idAgencies is how Indonesians name agencies and those who work there, with common
// misspellings. Of two meanings the one that keeps more people out is taken: staff
// can lift it. "aparat" and "oknum" may be anybody's.
const idAgencies = `
police: polisi, polisinya, pulisi, polsi, plisi, pak polisi, polri, polda, polres, polresta, polrestabes, polsek, mabes, bareskrim, kapolres, kapolsek, kapolda, brimob, intel, reserse, serse, interpol, brigadir, briptu, bripka, aipda, aiptu, ipda, iptu, akp, akbp, kompol, kombes, brigjen polisi
immigration: imigrasi, imigrasinya, imigrsi, kanim, ditjen imigrasi, atase imigrasi
mission: kbri, kjri, kedutaan, kedubes, dubes, duta besar, konsulat, konsuler, konsul, konjen, atase, perwakilan indonesia
kemlu: kemlu, kemenlu, deplu, kementerian luar negeri, kemenlu ri, pwni
bp2mi: bp2mi, bp3mi, kp2mi, bnp2tki, bp3tki, p4mi, bpmi, upt bp2mi, kementerian p2mi, badan perlindungan pekerja
military: tni, tentara, tentaranya, tntara, kodim, koramil, kopassus, babinsa, marinir, danramil, dandim, prajurit, kodam, lanal, tni al, tni ad, tni au
manpower: disnaker, disnakertrans, kemnaker, kemenaker, dinas, depnaker, naker, dinas tenaga kerja, dinas ketenagakerjaan, kementerian tenaga kerja, pengawas tenaga kerja
official: oknum, okunum, aparat, aparatnya, aparatur, pejabat, pejabatnya, pegawai negeri, pns, asn, petugas negara, orang pemerintah, orang dinas
`
