package hear

// javaneseSundanese is the lexicon of distress in Javanese and Sundanese. A text
// in these words counts as Indonesian: we answer in Indonesian.
var javaneseSundanese = lexicon{
	lang: inIndonesian, short: jvShort, common: jvCommon, concepts: jvConcepts,
}

const jvShort = `
ora mboten ra teu henteu moal boten nteu ndak = tidak
oleh pareng meunang kenging entuk olih angsal = boleh
kulo kula inyong nyong abdi urang uing kuring ingsun = saya
awake = saya
durung dereng acan tacan = belum
wes wis uwis uwes geus atos entos = sudah
saiki sakniki ayeuna kiwari = sekarang
sesuk mbenjang benjing isukan enjing = besok
mengko mangke engke engko = nanti
bengi wengi peuting = malam
iyo nggeh heueuh enya muhun sumuhun leres = iya
pukul2 diteunggeulan diteunggeul digebukan digitikan disiksaan = dipukuli
meh arek rek bade badhe = mau
karo kalih sareng jeung = dengan
kowe sampeyan maneh anjeun sliramu = kamu
neng nang ning ing = di
mulih wangsul uih mulang = pulang
lunga indit = pergi
tulungi tulungan tulungono bantosan tulungana = tolong
tulung = tolong
bocah budak murangkalih = anak
adiku rayiku = adik
kancaku konco kanca babaturan rerencangan = teman
dipala digepuk digebugi digebug ditempiling disawat dijotos dikaplok dikemplang dicabok dicengkiwing ditonjokan ditakolan dikeplak diantemi diantem = dipukuli
dikerem dikeremi dikonci dikancing disekepi dikonciin = dikunci
ora ono euweuh teu aya mboten wonten = tidak ada
dipateni dipaehan dipaehkeun arep dipateni = dibunuh
diedol dijuwal diical = dijual
dipeksa dipaksakeun = dipaksa
mangan dahar neda tuang madhang = makan
sieun wedi ajrih = takut
kejet klenger semaput kapiuhan = pingsan
lara gering udur = sakit
mlayu lumpat = lari
ngumpet nyumput ndelik singitan = sembunyi
dipindahke dialihke dipindahkeun dialihkeun = dipindahkan
isa iso saged tiasa = bisa
metu kaluar medal = keluar
nangis ceurik muwun = nangis
duit artos dhuwit = uang
omah griya imah = rumah
wong jalma jelema tiyang = orang
iki niki ieu = ini
kuwi niku eta = itu
piye kumaha pripun = bagaimana
nek lamun menawi upami = kalau
amarga kusabab lantaran = karena
lawang lawange lawangnya panto kori = pintu
dijogo dijagi dijagaan = dijaga
njogo njaga ngajaga = jaga
gowo nggowo nggawa mawa = bawa
bedil bedhil pestol = senjata
dikei diparingan dibere dipasihan = dikasih
dijupuk dicokot dipundhut dicandak = diambil
dicepeng dicekel ditahanan = ditahan
dileupaskeun dilepaske diculke diculne dibebaskeun = dilepaskan
mun lamunna menawa = kalau
mayar mbayar mayaran bayaran = bayar
lanceuk kakang rakang = kakak
saurna cenah jarene cenahna ceuk = katanya
menta njaluk nyuhunkeun = minta
dipilara disiksaan disiksane = disiksa
dewekan nyorangan dhewekan ijenan = sendirian
maranehna aranjeunna = mereka
manehna dheweke = dia
getih = darah
sirah endhas endas hulu = kepala
tatu raheut = luka
cilaka = celaka
ulah ojo aja2 = jangan
bapa bapake ramane = bapak
`

const jvCommon = `
nuwun punten mugia kang teh nggih leres sanes yen wonten sing kang dipun panjenengan aya naon di kene dieu
keur weh atuh euy mah tea wae ge oge pisan kabeh kabehanana iseh isih keneh ana ono opo ngendi endi kapan mangga monggo matur nuwun
hatur banget pol tenan nemen rasane awak urip mati omong ngomong
`

const jvConcepts = `
cant_bear: tidak kuat, tidak kiat, teu kiat, tidak kelar, tidak kuwat, tidak kuateun, ora kuwawa
cryword: tulung, tulungan, tolongan
save: tulungi, jemput
die_wish: pengin mati, mending mati, arep mati, hayang paeh, hoyong maot, pengen paeh, mau paeh
dead: maot, paeh, pejah
here: kene, dieu, mriki
bad_place: kene, dieu, mriki
scared: wedi, sieun, ajrih
kin: adi, mbakyu, kangmas, biyung, simbok, emak, rayi, putu, dulur, lare, anakku, akang, teteh, bojoku, salaki, pamajikan, incu, lanang
captor: juragan, bandar, dununganana, dunungan
home: mulih, uih
daily: saben dina, saben wengi, unggal poe, unggal wengi, terus
want_home: pengen mulih, hoyong uih, hayang balik, mau mulih, kepengin mulih
`
