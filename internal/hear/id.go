package hear

// indonesian is the lexicon of Indonesian, as it is typed on phones.
var indonesian = lexicon{
	lang: inIndonesian, short: idShort + idCircumstancesShort, common: idCommon + idCircumstancesCommon,
	concepts: idConcepts + idControl + idEveryday + idLocks + idCircumstances, answers: idAnswers, commands: idCommands, agencies: idAgencies,
}

// idConcepts are the words danger is told in.
const idConcepts = `
confine: menyekap, nyekap, mengurung, ngurung, menyandera, menculik, nyulik, disekap, dikurung, dikunci, dikerangkeng, digembok, disandera, terkurung, tersekap, terkunci, ditawan, penyekapan, sekap, dikurungin, diisolasi, dikarantina paksa, diculik, dipasung, sandera, dijadikan sandera, dijadiin sandera, dikarantina
kidnap: diculik, menculik, nyulik, penculikan, dibawa paksa, diseret, dibius, dibekap, diangkut paksa
lock: kunci, mengunci, ngunci, gembok, kurung, mengurung, ngurung, nyekap, menyekap, sekap, nahan, menahan
trap: terjebak, kejebak, dijebak, terperangkap, terlantar, terdampar, tertahan
held: ditahan, disita, diambil, dipegang, disimpan, dirampas, ditarik, diamankan, dibawa, ambil, tahan, pegang, sita, diminta, rampas, dikumpulin, dikumpulkan, nahan, ngambil, mengambil, menyita, menahan, megang, diambilin, disitain, hilang diambil, kumpulin
passport: paspor, dokumen, ktp, identitas, visa kerja, surat2
phone: hp, handphone, ponsel, telepon genggam, alat komunikasi, simcard
phone_checked: ngecek, mengecek, meriksa, memeriksa, cek, diperiksa, dicek, dibuka, diawasi, disadap, dipantau, diperiksain, dicekin, digeledah
police: polisi, imigrasi, aparat, tentara
jail: dipenjara, penjara, sel, lapas, detensi, bui, rumah detensi, tahanan
beat: dipukul, dipukuli, disiksa, disetrum, ditendang, ditampar, dihajar, dicambuk, dianiaya, disundut, dijambak, dicekik, diinjak, ditusuk, dibacok, dikeroyok, disulut, disabet, dibanting, dipentung, disabuk, diestrum, distrum, kena setrum, kena pukul, ditonjok, disiram, disetrika, penyiksaan, penganiayaan, disiksain, babak belur, dilempar kursi, dikepruk, ditempeleng, dibogem, disabetin, dipecut, disiksa2, main tangan, kdrt, lebam, memar, bonyok, disetrumin, kekerasan, dibakar, dicekoki
hit: pukul, memukul, mukul, mukulin, siksa, menyiksa, nyiksa, setrum, menyetrum, nyetrum, nyetrumin, tendang, tampar, nampar, hajar, cambuk, siram, nyiram, setrika, aniaya, jambak, tusuk, cekik, gebuk, gebukin, nendang, ngehajar, bacok
blows: pukulan, siksaan, setruman, tendangan
weapon: senjata, pistol, pisau, parang, stik listrik, tongkat listrik, tongkat, pentungan, bersenjata, laras panjang, ak47, golok, alat setrum, stun gun
point_at: ditodong, ditodongkan, ditodongin, nodong, menodong, diacungkan
shoot: ditembak, tembak, nembak, menembak, ditembaki, tertembak
kill: dibunuh, membunuh, ngebunuh, bunuh, dihabisi, dihabisin, dieksekusi, dimutilasi, dilenyapkan, dibuang ke sungai, dibuang ke laut, dibuang ke hutan, dikubur, mayat, dimatiin, dibantai, dimatikan, nyawa, taruhannya nyawa, nyawa saya, nyawanya
dead: meninggal, tewas, mati, wafat, bunuh diri, loncat dari, lompat dari, jasad, jenazah, mayat, sekarat, dibuang mayatnya
threaten: diancam, mengancam, ngancam, ancam, ancaman, diintimidasi, diteror, ditakut2i, ditakuti, intimidasi, pengancaman, neror, ngancem, diancamnya
sell: dijual, menjual, ngejual, jual, terjual, dijualbelikan, diperjualbelikan, dilelang, ditukar, dijualin, penjualan orang, dilego
transfer: dipindah, dipindahkan, dipindahin, dioper, dilempar, diserahkan, diserahin, dialihkan, diover, ditransfer, dilimpahkan, ganti bos, dikirim, diberangkatkan, dibawa, diangkut, dibawa pergi, dipindahke, dipindahkeun, mindahin, oper, pindahkan, pindahin, diseberangkan, disebrangin, dinaikkan, dinaikin
pack: kemas barang, kemas2, beres2 barang, siapin barang, packing, siap2 berangkat, kemasi barang, beresin barang, berkemas
takeaway: dibawa keluar, dibawa pergi, dibawa ke ruang, diseret keluar, dibawa ke gudang, dibawa ke belakang, dipanggil ke ruangan
ransom: tebusan, uang tebusan, ditebus, tebus, nebus, menebus, uang tebus
moneywant: minta uang, minta duit, minta transfer, suruh transfer, disuruh transfer, minta dikirim uang, minta kirim uang, suruh kirim uang, minta dikirimin, suruh bayar, disuruh bayar, dimintai, dimintain, meras, diperas, memeras, pemerasan, harus kirim uang, suruh kirim, minta tf, suruh tf, mintain uang, minta bayar, minta dibayar, minta setoran, minta jatah
asks: minta, suruh, disuruh, nyuruh, menyuruh, menuntut, nagih, ditagih, narik, maksa, mau
money: uang, duit, juta, ribu, rupiah, dolar, dollar, usd, baht, yuan, usdt, transfer, tf, biaya, denda, ringgit, miliar, milyar, rp, peso
pay: bayar, dibayar, membayar, bayarin, ganti rugi, ganti, lunas, lunasi, melunasi, nebus, setor, transfer, kirim uang, tebus, dilunasi, mengganti
mustpay: harus bayar, disuruh bayar, suruh bayar, wajib bayar, dipaksa bayar, harus ganti, disuruh ganti, harus lunas, harus nebus, harus setor, harus transfer, bayar dulu, lunas dulu, ganti rugi dulu, tebus dulu, kudu bayar, mesti bayar, lunasin dulu, suruh ganti, suruh nebus, disuruh nebus, harus mengganti, harus melunasi, disuruh lunasin, bayar denda, kompensasi, harus kasih uang
release: bebas, dibebaskan, dilepas, dilepaskan, dilepasin, dibebasin, lepas, melepaskan, membebaskan, keluar, pulang, boleh pulang, dipulangkan, pergi, dikeluarkan, lepasin, bebasin, dikembalikan, kembali, dibalikin, selamat, balik, resign, berhenti, berhenti kerja, ngelepas, ngelepasin, melepas
notpaid: tidak bayar, tidak dibayar, tidak transfer, tidak ditransfer, tidak kirim, tidak dikirim, tidak ditebus, tidak setor, tidak ada uang, tidak tebus, telat bayar, tidak dikirimi, tidak dikasih uang, tidak nebus, tidak lunas
before_or: baru, kalau, kalo tidak, supaya, biar, agar, sebelum, sebagai syarat, syarat
penalty: denda, penalti, pinalti, penalty, kena denda, didenda, potongan, dipotong, kompensasi, charge
flee: kabur, lari, melarikan, melarikan diri, minggat, meloloskan diri, nyebrang sungai, nyeberang sungai, berenang, loncat pagar, manjat pagar, lompat pagar, lolos, pelarian, buron, panjat tembok, kabur lewat, loncat jendela, nerobos
hide: sembunyi, bersembunyi, ngumpet, sembunyi2, ngumpet2, disembunyikan, disembunyiin, bersembunyi2
chase: dikejar, dicari, dicariin, diburu, ngejar, mengejar, dicari2, dikejar2, nyari, nyariin
wild: hutan, semak, semak2, sawah, sungai, kebun jagung, kebun, ladang, gudang, atap, gorong2, bawah jembatan, kebun tebu, perbatasan, rawa
beg: memohon, memelas, ngemis, minta tolong, minta ditolong, minta bantuan, mohon bantuan, minta dijemput, minta diselamatkan, minta pulang, nangis minta, teriak minta, minta dipulangkan, mohon pertolongan, minta pertolongan, kasih kode minta
cryword: signsos, tidak aman, tidak aman di sini, di sini tidak aman, dalam bahaya, bahaya, tolong, bantu, bantuan, bantuin, gawat, darurat, butuh bantuan, butuh pertolongan, butuh tolong, pertolongan, ditolong
save: selamatkan, selamatin, keluarkan, jemput, bebaskan, tolongin, evakuasi, pulangkan, menyelamatkan, jemputin, diselamatkan, bebasin, keluarin, dievakuasi
cryweep: nangis, menangis, ketakutan, takut sekali, teriak, teriakan, jeritan, jerit, histeris, trauma, gemetar, gemeteran, nangis2, tangisan
only: cuma, hanya, sekadar
toilet: toilet, wc, kamar mandi
bought: beli saya, beli kami, membeli saya, sudah dibeli, saya dibeli, kami dibeli, beli dia, membeli kami, dibeli dari agen, dibeli bos
saveme: keluarkan saya, keluarkan kami, selamatkan saya, selamatkan kami, jemput saya, jemput kami
alone: tidak ada yang tahu, tidak ada yang bisa bantu, tidak ada yang peduli, tidak ada yang tolong, sendirian di sini, tidak kenal siapa siapa, tidak ada siapa siapa, tidak ada yang bantu, tidak tahu ini di mana, tidak tahu saya di mana
tied: diikat, diborgol, dirantai, dilakban, ditutup mata, ditali, diiket, digari, dibelenggu, dibekap, mata ditutup, tangan diikat, tangan dan kaki, dicancang, diborgolin
eat: makan, makanan, nasi, minum, air minum, jatah makan, dikasih makan, sarapan
starve: kelaparan, diemperin lapar, makan sehari sekali, makan sekali sehari, makan nasi basi, jatah makan dipotong, makan cuma sekali, jatah makan, nasi basi, makanan basi, sisa makanan, makan sisa
given: dikasih, diberi, dapat, ikut, kasih, beri, ngasih, boleh, memberi, dijatah, diberikan, ada
punish: minum air kotor, air kotor, makan sampah, merangkak, dipermalukan, dihukum, hukuman, dijemur, disuruh push up, push up, jongkok, squat, lari keliling, ruang gelap, ruangan gelap, kamar gelap, disuruh berdiri, direndam, scotjump, scot jump, ruang hukuman, kamar hukuman, black room, dark room, penjara bawah, ditaruh ruang, diruang gelap, sel gelap, skotjam, digantung, diguyur, dibotakin, ditelanjangi, kerangkeng, berlutut
target: target, tembus, capai target, omset, omzet, tercapai, closing, nyampe target, kejar target, setoran
door: pintu, gerbang, pagar, jendela, teralis, tembok, kamar, ruangan, gedung, asrama, mess, dorm, dormitory, lift, tangga, pager, portal, rolling door, kamarnya, rumah, kompleks
shut: dijaga, digembok, dikunci, dirantai, dipasang teralis, kawat berduri, kawat listrik, dikunci dari luar, diteralis, dilas, tertutup rapat, dijagain, dikunciin, dipagari, terali besi, dipagar
guard: dijaga, dijagain, penjaga, penjagaan, dijaga ketat, dikawal, pengawal, dikawal terus, dijaga 24 jam, dijaga orang, diikuti, diikutin, ditemani penjaga, diintai, ditungguin, dikuntit
guards: satpam, penjaga, preman, tentara, tukang pukul, bodyguard, centeng, milisi, orang bersenjata, algojo, security
watch: diawasi, diawasin, dipantau, cctv, diintip, disuruh lapor tiap, mengawasi, ngawasin
barbed: kawat berduri, kawat listrik, pagar listrik, tembok tinggi, kawat duri, pagar tinggi, menara jaga, teralis besi
not: tidak, tanpa, ndak, dilarang, jangan, mana boleh, mustahil, sulit, susah, bukan, dilarangnya, larang, gabisa
notyet: belum
allowed: boleh, diizinkan, diperkenankan, dibiarkan, izin, dikasih izin, dikasih, ngebolehin, kasih, ngasih, membolehkan, mengizinkan
may: boleh, bisa, diizinkan, diijinkan, dibiarkan, diperkenankan, dikasih izin, izin, dikasih, mampu, berani, sempat, mungkin, ngasih, kasih, ngebolehin
forbid: dilarang, melarang, ngelarang, dilarang keras, diharamkan
outside: keluar, kemana mana, kemana2, ke mana mana, keluar kamar, keluar gedung, keluar rumah, keluar kompleks, ke luar, kemanapun, keluar pagar, keluar asrama, jalan keluar, turun dari kapal, turun kapal, turun ke darat, ke darat, berobat, turun, keluar2
home: pulang, mudik, pulang kampung, balik indo, balik indonesia, balik ke indonesia, kembali ke indonesia, pulang ke indonesia, dipulangkan, cuti, resign, pergi, berhenti
contact_home: hubungi keluarga, telepon keluarga, kabarin keluarga, telepon rumah, hubungi orang tua, pegang hp, main hp, pakai hp, komunikasi
faint: pingsan, tidak sadar, tidak sadarkan diri, koma, kejang, tak sadar, hilang kesadaran
bleed: berdarah, pendarahan, darah, muntah darah, bersimbah darah, luka parah, patah tulang, patah, luka bakar, luka tusuk, luka tembak, infeksi, bengkak, luka, melahirkan, mau lahiran, ketuban pecah, pecah ketuban, ketuban, keguguran, bernanah, kontraksi, tangan patah, luka2, lumpuh, buta, sesak napas, sesak, retak, robek, dijahit, cedera, terluka
ill: sakit, demam, demam tinggi, tipes, malaria, dbd, sakit parah, kritis, menggigil, sakit keras, muntah2, muntaber, tbc, lemas, lemes, kritis, meriang, stroke, serangan jantung
doctor: dokter, rumah sakit, rs, obat, klinik, berobat, diobati, puskesmas, pengobatan, diobatin, dirawat
pregnant: hamil, mengandung, hamil tua, bunting
die_wish: mau mati, ingin mati, pilih mati, lebih baik mati, mending mati, bunuh diri, akhiri hidup, mengakhiri hidup, tidak mau hidup, tidak ingin hidup, capek hidup, cape hidup, loncat aja, lompat aja, nyilet, minum racun, gantung diri, nyayat, sayat tangan, mati saja, tidak sanggup hidup, tidak kuat hidup, bosan hidup, menyakiti diri, nyakitin diri, silet tangan, loncat dari gedung, potong nadi, tidak pengen bangun, tidak mau bangun lagi, tidak ada gunanya hidup, buat apa hidup, lelah hidup, mau loncat, mau lompat, ingin loncat, kepikiran loncat, kepikiran mati, hilang dari dunia, ingin menyerah, hidup tidak ada artinya, ngakhiri hidup, pengen mati, tidak pantas hidup
cant_bear: tidak kuat, tidak sanggup, tidak tahan, nyerah, putus asa, menyerah, depresi, sudah tidak kuat
child: anak di bawah umur, bawah umur, dibawah umur, masih smp, masih sma, masih sd, anak smp, anak sma, pelajar, anak sekolah, masih sekolah, anak kecil, masih kecil, balita, bayi, remaja, anak2, gadis remaja, siswi, abg, kelas 1 smp, kelas 2 smp, kelas 3 smp, kelas 1 sma, kelas 2 sma, anak perempuan kecil, masih remaja, masih bocah, bocah, masih anak2, masih smk, anak smk, siswa, anak di bawah, belum 17, belum 18, masih dibawah, masih di bawah, baru lulus smp, baru tamat smp
sexwork: karaoke, kafe remang, kafe, bar, lokalisasi, prostitusi, psk, open bo, bo, pelacur, melacur, pelacuran, spa, panti pijat, dijadikan psk, dijadiin psk, jual diri, michat, mucikari, germo, mami, live bugil, rumah bordil, bordil
serve: melayani, layani, ngelayani, layanin, ngelayanin, nemenin, menemani, temani, tidur dengan, tidurin, ngamar, nemani
guest: tamu, pria, laki2, laki laki, om om, lelaki, hidung belang, pelanggan, bapak bapak, bule, nafsu, pria tua, om2
rape: dipegang pegang, digrepe, diperkosa, dilecehkan, dicabuli, digilir, ditiduri, pelecehan, pemerkosaan, perkosa, dipegang2, diraba, digerayangi, disetubuhi, dipaksa tidur, dipaksa seks, diperkaos, ditelanjangi, dilecehin, diraba2, cabul, disodomi, dipaksa berhubungan, difoto telanjang, difoto bugil, disuruh buka baju, dipaksa buka baju, divideo telanjang, disuruh telanjang, foto telanjang, foto bugil, dibawa ke kamar, buka baju
force: harus, wajib, dipaksa, paksa, memaksa, maksa, disuruh, terpaksa, diharuskan, diwajibkan, dijadikan, dijadiin, suruh, nyuruh, diperbudak
forced: dipaksa, paksa, memaksa, maksa, diperbudak, terpaksa, kerja paksa, budak
scamwork: nipu, menipu, penipuan, scam, scamming, scammer, love scam, judi online, judol, ngescam, tipu orang, nipu orang, pig butchering, phising, nge scam, nipuin
work: kerja, bekerja, dikerjain, lembur, tugas, jaga toko, bersih2, begadang
overtime: kerja 15 jam, kerja 16 jam, kerja 17 jam, kerja 18 jam, kerja 20 jam, lembur, tanpa istirahat, tidak ada libur, tidak dikasih libur, tanpa libur, kerja dari pagi sampai malam, tidak pernah libur, tidak dikasih istirahat, tidak boleh tidur, tidak boleh istirahat, tidur cuma, tidak boleh libur, kerja siang malam, tidak dikasih tidur
unpaid: tidak digaji, tidak dibayar, gaji ditahan, gaji tidak dibayar, gaji tidak keluar, belum digaji, gaji belum dibayar, tidak pernah digaji, gaji dipotong, gaji habis, gaji tidak dikasih, tidak terima gaji, upah, belum gajian, tidak gajian, gaji tidak pernah, tanpa gaji, tanpa dibayar, gaji nol, gaji minus, digaji nol, gaji belum, gaji tidak turun, tidak dikasih gaji, tidak pernah terima gaji, tidak nerima gaji, gaji saya ditahan, belum dibayar, tidak dapat gaji, gaji disunat
debt: terlilit utang, dijerat utang, utang makin, utang terus, utangnya, potong utang, jerat utang, utang tidak lunas, utang nambah, utang saya, dianggap utang, punya utang, lunasi utang, bayar utang
bad_place: kantor, brankas, sini, di sini, company, perusahaan, gedung, compound, kompleks, kompek, asrama, mess, kantor scam, tempat kerja, kapal, neraka
here: sini, di sini
caught: ketahuan, kepergok, ketauan, tertangkap, ditangkap, ketangkep, tertangkep, ketangkap, ke gep, digrebek
secret: diam diam, diam2, sembunyi sembunyi, curi curi, nyuri waktu, curi2 waktu, jangan telepon, jangan bales, jangan balas, jangan chat, jangan hubungi, mumpung, hp pinjam, hp pinjaman, pinjam hp, pakai hp teman, hp teman, hapus chat, cepat sebelum, pelan pelan, di wc, di toilet, di kamar mandi, ngetik di
borrowed: hp ini pinjaman, hp ini hp pinjaman, bukan hp saya, hp bukan punya saya, nomor teman, hp punya teman, hp pinjam, hp pinjaman, pinjam hp, pakai hp teman, hp teman, minjem hp, pinjem hp, hp orang, numpang hp
organ: ginjal, organ, organ tubuh, diambil organnya, ginjalnya, jual ginjal, hati saya diambil
cut: dipotong jari, jari dipotong, potong jari, potong tangan, tangan dipotong, kuping dipotong, dipotong tangannya, jarinya dipotong, cabut kuku, kuku dicabut, gigi dicabut
turn: giliran saya, giliran kami, tinggal saya, saya berikutnya, saya selanjutnya, gantian saya, tinggal giliran, habis ini saya
noreturn: belum balik, tidak balik, tidak kembali, belum kembali, tidak pernah balik, tidak kelihatan lagi, tidak pernah kelihatan, hilang tidak, tidak pulang2, belum pulang
domestic: majikan, art, prt, pembantu, tkw, pekerja rumah tangga, jaga lansia, rumah majikan, asisten rumah tangga
fishing: abk, kapal ikan, kapal, nelayan, tengah laut, longline, nahkoda, kapten kapal, kapal cumi, anak buah kapal, laut
marriage: pengantin pesanan, dipaksa nikah, dinikahkan paksa, dikawinkan paksa, kawin paksa, dipaksa kawin, nikah paksa, dinikahin paksa, mail order bride, dinikahkan dengan, dikawinin paksa, dipaksa menikah
scared: takut, ketakutan, serem, ngeri, was was, panik
missing: hilang kontak, hilang, putus kontak, lost kontak, tidak ada kabar, tidak bisa dihubungi, tidak aktif, hp mati, hp tidak aktif, nomor tidak aktif, hilang kabar, tidak ngabarin, tanpa kabar, belum ada kabar, tidak angkat, tidak respon, tidak dibalas, tidak pernah kabar, lenyap, tidak kasih kabar, lost contact, ceklis satu, centang satu, tidak bisa ditelepon, tidak online
daily: tiap hari, setiap hari, tiap malam, terus, terus2an, terusan, sering, hari2, berkali kali, tiap kali, selalu, lagi, setiap kali, kemarin, tadi, barusan
now: sekarang, lagi, sedang, detik ini, saat ini, barusan, tadi, malam ini, sekarang juga
still: masih, sampai sekarang, belum bisa
soon: besok, malam ini, nanti malam, hari ini, lusa, sebentar lagi, besok pagi, besok malam, subuh, nanti, minggu ini, sore ini, minggu depan, nanti sore, tengah malam, nanti subuh
will: mau, akan, bakal, diancam, rencana, katanya, siap2, disuruh siap, diancem, terancam, ancam, mau di, diancamnya, janji, mengancam
video: video, foto, rekaman, voice note, vn, vidio, poto, kiriman video, gambar
`
