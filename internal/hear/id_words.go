package hear

// idShort spells out how Indonesian is typed on phones.
const idShort = `
tau taw tauu = tahu
pnjm pinjem pinjm pnjem mnjm = pinjam
dipinjem dipnjm dipinjemin = dipinjam
pinjeman pnjman pinjmn = pinjaman
bls bales blas blsin balesin = balas
blz = balas
tlg tlng tlong tolg tolon tulung tolonk toloong tlonk tolongg = tolong
tlgin nolong nulung nolongin tolongin tulungin tolongi = tolong
bntu bnt bntuin bantuin bantuan2 = bantu
sy sya ak aq aku gw gue gua ane ana w gwe gueh ku sayaa syaa aing = saya
kmi qt qta kta kitaa = kami
kita = kami
km kmu lu lo elu loe ente situ sampean sampeyan = kamu
dy di4 dya dia2 = dia
mrk mreka mrka merka mreaka = mereka
org orng orang2 org2 orng2 oramg wong = orang
tmn temen  tmen temn  kawan kwn temen2 tmn2 kawan2 rekan = teman
adek adk ade dek adx addik adinda = adik
kk kaka abang kaka = kakak
kakakku abangku kakaku = kakak saya
adekku adikku = adik saya
temenku tmnku temanku = teman saya
ank = anak
anakku anaku anakq = anak saya
ponakanku keponakanku = keponakan saya
ponakan = keponakan
bojo paksu = suami
suamiku lakiku bojoku = suami saya
bini bojone isteri istr = istri
istriku biniku = istri saya
mama mamah emak ibunda mamak ibu2 umi nyokap = ibu
ibuku mamaku = ibu saya
bapakku ayahku bapaku = bapak saya
papa abah bokap babe papah ayahanda = bapak
ayah = bapak
sodara sodaraku saudaraku sdr sdra sodari saudari = saudara
mas2 = mas
ga gak g gk ngga nggak enggak engga kagak kaga tdk tak ndak nda ndk tida tidk kgk gag ngak gaa tdak tidaak nggk ng ngk gx tdk2 td = tidak
blm blom belom blum bloman blon = belum
jgn jngn jangn jan = jangan
bkn bukn = bukan
bs bisaa bsa bia iso isa = bisa
blh bole bolehin boleeh = boleh
dibolehin dibolehkan diperbolehkan diijinkan diijinin diizinin diijini dibolein diperbolehin = diizinkan
hrs kudu mesti wajib musti hrus = harus
klo kalo klu kl kalu klw klau kalao lek nek = kalau
dgn dng dg sm sama ama bareng = dengan
krn karna soalnya gara2 krna gegara = karena
utk tuk untk buat bwt = untuk
yg yng yang2 yangg sing nu = yang
dr dri drpd dari2 = dari
pd pda = pada
ke2 k = ke
d dii = di
jd jdi = jadi
tp tpi tapii = tapi
trs trus terusan trz = terus
lg lgi = lagi
sdh udh udah dah uda sdah sudh sdhh suda = sudah
skrg skr skrang skarang sekrang skg skrng sekarangg saiki sekarag = sekarang
kmrn kmren kemaren kmaren kmarin wingi = kemarin
bsk bsok besuk besog esok isuk = besok
bntr bntar bentar sbntr sebentar2 = sebentar
mlm mlam malem mlem = malam
pg pgi isuk2 = pagi
siangg sianh = siang
mgg mggu minggu2 seminggu = minggu
bln blan sebulan = bulan
thn taun th setahun thun = tahun
hr hri harii sehari = hari
jm = jam
mnt = menit
dmn dmana dimana = di mana
kmn kmana kemana = ke mana
gmn gmna gimana bgmn gmana piye gimna = bagaimana
knp napa kenapa knapa ngapain = mengapa
brp brapa berp = berapa
sp spa siapa2 = siapa
ap apaa = apa
apkh = apakah
sini kene dieu = sini
disini dsini = di sini
disana dsana = di sana
gabisa gabsa gkbisa gakbisa tdkbisa gbisa gabs = tidak bisa
gaboleh gkboleh gakboleh tdkboleh gblh gabole = tidak boleh
gamau gakmau gkmau emoh moh = tidak mau
gatau gtau gaktau gktau tautau gtw gataw embuh = tidak tahu
gada gaada gakada gkada gaono = tidak ada
gadikasih gakdikasih = tidak dikasih
gapunya gakpunya = tidak punya
gaji2 gajiku gajih = gaji
plg pulng pulg mulih = pulang
balik2 = kembali
kerja2 krja kerjo gawe krj kerjaan krjaan pekerjaan = kerja
bekerja = kerja
prshn prusahaan perushaan perusahan kompeni kumpeni pt kantor2 kompany prusahan kompani = perusahaan
psport pspor paspot passpor pasport paspr pasporku paspormu pasprot passpot = paspor
dok dokumenku dokument = dokumen
bosku boss bozz bosz bos2 = bos
mjkn majikanku = majikan
agency agent agenku ajen agn = agen
scurity sekuriti sekurity satpamnya scrity = satpam
hape handphone hpku henpon handphon hpe ponsel hp2 hapeku = hp
dikasi dksh dksi dkasih dkasi dikaseh diwenehi diparingi dikasihh = dikasih
mkn makn maem mangan = makan
mnm = minum
dket dkt deket = dekat
smua smw semuany = semua
byr byar = bayar
dibyr = dibayar
bpk pk pak2 pa = bapak
utang hutang2 ngutang = hutang
hutang = utang
jt juta2 jutaan = juta
rb rbu ribuan = ribu
m2 = m
dll dsb = lainnya
mksh makasih mks trims thx tq suwun nuhun = terimakasih
mau2 pgn pengen pngn kepengen pingin pgen arep pen = mau
akan bakal bkal bkalan bakalan ape = akan
ancem ancm diancem dianceman dancam = diancam
dgebukin digebukin digebuk digebugin dgebukin = dipukuli
dipukulin dpukulin dpukuli = dipukuli
sekep disekep dsekep dskp dskap disekapp = disekap
sksa dsiksa dsksa disiksaa = disiksa
bnuh dibnuh = dibunuh
srg sring = sering
tiap2 setiap = tiap
bgt banget bngt bangettt = sekali
cm cuma cuman hny hanya = cuma
aja aj ae doang = saja
jg jga = juga
kyk kayak kek kyknya kayanya kayaknya = seperti
gt gitu gtu = begitu
gini gni = begini
nih ni = ini
tuh tu = itu
td tadi2 = tadi
ntar ntr nanti2 entar = nanti
lpr lapor2 ngelapor nglapor = lapor
wa2 whatsapp watsap whatsap wasap wassap = wa
nmr nomer no nmer nomor2 nope = nomor
hub hbg hubungin = hubungi
dihub = dihubungi
tlp tlpn telp telpon tlpon nelpon nelfon telfon nlpn ditlp tlfn = telepon
ditelpon ditelp ditelfon ditelepon = telepon
cew cwe cewe cewek2 cwek ciwi = cewek
cow cwo cowo cowok2 = cowok
perbtsan prbatasan perbatasn = perbatasan
lantei lt = lantai
bangunn bgunan = bangunan
gdng gdung = gedung
bbrp bbrapa = beberapa
msh masi msih = masih
hbs abis abiss = habis
hlg ilang ngilang = hilang
kbr = kabar
hub2 = hubungi
keluarin kluarin = keluarkan
klr kluar kluwar metu kaluar = keluar
selametin slametin selamatin slamatkan selametkan = selamatkan
jmput jemputin = jemput
lri mlayu = lari
kbur kabor = kabur
dpt dpet dapet = dapat
dtg dateng dtang = datang
mninggal meninggoy = meninggal
krm krim ngirim kirimin = kirim
bgs = bagus
lulusan = lulus
tny tnya tanyak = tanya
gwt gwat gawt gawad gawatt = gawat
bhs = bahasa
inggris2 ingris enggris = inggris
wni2 = wni
loker lokerr lokernya = lowongan
`

// idCommon are everyday words that carry no concept.
const idCommon = `
ada adalah agar alamat alat amat anda antar apa apakah api arti asal atas atau awal ayo baca bagaimana bagian bagus bahwa baik
bakso balas banget banjir banyak baru batas bawah beda begini begitu beli belakang benar berapa beras berat berita bersama
besar besok biar biasa biaya bicara bilang bisa blok bola bubur bukti buku bulan bumi butuh cara cari cek cepat cerita coba
cocok cuaca cuma cukup daftar dalam dan dapat dari data datang daerah dekat demi dengan depan desa detail dia dimana diri dong dua
duit dulu enak empat enam film foto gaji ganti gedung gimana gratis guna habis hal halo hai hari harga hasil hati hidup hitam hujan
hubungi ikan ikut info ingat ini isi itu iya izin jadi jalan jalur jam jangan jarak jauh jika jumlah juga juta kabar kadang
kalau kaki kali kamar kami kamu kantor karena kartu kasih kasus kata katanya ke kebun kecil kejadian kembali kemarin kepada
keras kertas ketika ketemu kiri kira kirim kondisi kontak kontrak kota kuliah kulit kurang lagi lain lainnya lalu lama lantai lapor laporan
lapar layanan lebih lewat lihat lima listrik lokasi lowongan luar lumayan lupa lusa maaf macam macet mahal makan maka malam mana
mandi masak masalah masih masuk mata mau meja melihat memang mengapa mereka mesin milik minggu minta minum mobil
mohon motor muda mulai muka mulut mungkin murah musim nama namanya nanti nasi negara nomor nonton obat oh ok oke oleh
ongkir ongkos orang pada pagi pakai paket paling panas pantas panjang papan pasar pas pasti pekan penting perlu
pernah pertama perusahaan pesan pikir pilih pindah pintar pintu posisi produk pulsa punya pusat putih rakyat
ramah ramai rasa rekening resmi ribu rumah rusak saat saja sakit salah sama sambil sampai sana sangat saya sayang sebab sebelah
sebelum sebentar sedang sedih segera sejak sekali sekarang sekitar sekolah selalu selamat sementara semoga semua senang
sendiri seperti sering serta sesuai setelah siang siapa siap silakan sini soal sore suara sudah suka
surat susah syarat tadi tahu tahun takut tamu tanah tanggal tangan tanya tapi tas tata tebal
teh telepon teman tempat tentang tepat terakhir terima terimakasih terlalu terus tetap tiap tiba tidak tidur tiga tiket
tinggal tinggi toko tolong tua tugas tujuan turun tutup uang udara ujung umur untuk usaha waktu warna warga yaitu yakni yang dalem
iyah sih kok deh lho loh kan ya nah wah aduh assalamualaikum permisi pagi sore admin min kak bang mas bu pak mbak gan sis bro om tante
tetangga satu tujuh delapan sembilan sepuluh sebelas belas puluh ratus berbicara barusan bentuk berangkat pesawat
kapan dimulai dibuka dipakai diminta disuruh disiapkan dicari dibaca dibawah diatas didalam diluar dimasak dikirim
pelatihan magang beasiswa jurusan pendaftaran penerimaan resep ayam kucing anjing burung cuci galon gas sepatu baju celana
diskon promo hadiah klik link undian pinjaman cicilan kredit angsuran bunga saldo transfer bank atm kartu blokir token pln
ulang deadline dosen skripsi ujian kuis kelas guru murid sinetron drama novel lagu konser tulang dipikul diserap disikat
diskusi dasar daftarnya kondisinya bilangnya datanya tentangnya senin selasa rabu kamis jumat sabtu januari februari maret april mei juni juli agustus
september oktober november desember kami
`
