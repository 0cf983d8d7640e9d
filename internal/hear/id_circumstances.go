package hear

// idCircumstances are the words for circumstances around a danger that often are
// all that is told of it: what one is hit with, where one hides, what is said to
// the family, what is not treated.
const idCircumstances = `
wound: biru2, biru biru, biru lebam, melepuh, lepuh, memar, lebam, bonyok, bocor, benjol, belatung, membusuk, busuk, bernanah, digigit, gigi rontok, gigi copot, patah, dipatahin, dipatahkan, bengkak, lecet, lecet2, luka bakar, tulang kelihatan, kepala bocor, luka, luka2, muntah darah, batuk darah, tidak bisa jalan, tidak bisa bangun
limb: kepala, badan, punggung, kaki, tangan, muka, perut, dada, lengan, paha, mata, hidung, telinga, kuping, jari, kulit, betis, leher, tulang, rusuk, pundak, bibir, pinggang, wajah, kemaluan
tool: pipa, pipa besi, selang, kabel, rotan, sapu, gagang sapu, balok, kayu, besi, sabuk, ikat pinggang, gesper, setrika, setrikaan, air panas, air mendidih, minyak panas, palu, puntung rokok, cambuk, botol, panci, gayung, penggaris, penggilesan, hanger, raket, stik, tang
struck: kena, dikasih, dihantam, disabet, disiram, dipentung, ditimpuk, dilempar, ditempelin, ditempel, dipukul, disentuh, diguyur, ketumpahan, dihajar, dibanting
onpurpose: sengaja, dengan sengaja, gara2, gara gara, karena
lord: bos, majikan, nyonya, nyonyah, tuan, tuan rumah, madam, mandor, kapten, nahkoda, leader, tl, agen, laoban, tauke, juragan, suami majikan, anak majikan, supervisor, manajer, security, satpam, penjaga
captor: nyonya, nyonyah, tuan, madam, laoban, lauban, tauke, toke, taikong, mualim, bosun, pengurus
enter: masuk, masuk ke, nyelonong, mendatangi, datang ke, naik ke
room: kamar, kamar saya, ranjang, kasur saya, tempat tidur
ifword: kalau, misal, misalnya, andai, seandainya, jika, bila, sampai
silent: tidak balas, tidak kabar, tidak ada kabar, tidak aktif, tidak muncul, tidak online, tidak dihubungi, tidak bisa dihubungi, tidak jawab, tidak ngabarin, tidak nongol, hilang, tidak chat
means: berarti, artinya, anggap, anggap saja, tandanya, lapor, laporin, laporkan, bilang ke
destroy: habisin, habisi, abisin, ngabisin, ngehabisin, celakain, mencelakai, dicelakai, dicelakain, ngapa ngapain, diapa apain, apa apain, nyakitin, sakitin, menyakiti, ganggu keluarga, bunuhin
knowhome: alamat rumah, tahu alamat, punya alamat, alamat ibu, alamat keluarga, tahu rumah, tahu rumah saya, hafal rumah, hafal alamat, foto rumah, foto anak saya, foto ktp keluarga, tahu keluarga saya, tahu sekolah, punya data keluarga, kirim foto rumah, kirim foto anak, tahu kampung
suffer: akan kena, kena semua, kena imbas, kena getah, jadi taruhan, taruhannya, jadi jaminan, jaminannya, kena batunya, terima akibat, akibatnya, tahu akibatnya
punish: ruang hitam, kamar hitam, kotak hitam, ruang isolasi, sel isolasi, ruang es, ruang pendingin, ruang penyiksaan, ruang bawah tanah, digunduli, digundulin, berdiri semalaman, berdiri seharian, berdiri di panas, berdiri di matahari, jalan jongkok, lari lapangan, lari 10 putaran, dijemurin, dikasih hukuman, dimasukin ruang, dimasukin kandang, dipajang, dipermalukan, sumo, plank, kejemur, disiram air es
target: sales, dapat korban, dapat customer, dapat klien, dapat nasabah, korban baru, deposit
hidespot: di kolong, kolong kasur, kolong ranjang, bawah kasur, bawah ranjang, bawah tempat tidur, kolong tempat tidur, di lemari, dalam lemari, di plafon, atas plafon, di loteng, di got, di selokan, di rumah kosong, rumah kosong, balik pintu, bawah truk, kolong truk, di semak, di dalam tong, di toren, di kandang
hide: nyelip, sembunyiin diri, ngendap
outthere: di luar, depan pintu, di depan, lorong, di lorong, di bawah, gedor2, gedor, gedor gedor, ketuk ketuk, muter2, keliling, mondar mandir
pills: obat tidur, pil, baygon, racun, racun tikus, pembersih lantai, pemutih, cairan, obat nyamuk, paracetamol, potas, wipol
swallow: minum, diminum, telan, nelan, ditelan, telen, nenggak, tenggak
lots: semua, semuanya, habis, satu strip, sebotol, sekaligus, seluruhnya, satu botol, maaf, maafin, selamat tinggal
die_wish: minum baygon, minum obat tidur semua, capek hidup, tidur selamanya, tidur aja selamanya, tidur saja selamanya, tidak bangun selamanya, ingin hilang, pengen hilang, mau hilang, tidak ada gunanya lagi, lebih baik tidak ada, silet sudah di tangan, tidak ada alasan hidup, udahan hidup, sudahi hidup, hidup sudah tidak, pergi selamanya, mau berakhir, ingin semua berakhir, akhiri semuanya, akhiri semua, tidak ingin ada, bosan bernapas, tidak ada harapan hidup
blade: gunting sudah di tangan, gunting di tangan, pisau di tangan, pisau sudah di tangan, silet di tangan, tali sudah siap
edge: di rooftop, di pinggir atap, di tepi gedung, pinggir balkon, di ujung jembatan, berdiri di balkon, di atas atap, di atap
ledge: berdiri di lantai, berdiri di jembatan, berdiri di rooftop, berdiri di pinggir, berdiri di tepi, berdiri di atap
turn: giliranku, nomor urutku, urutanku, nomor urut saya, urutan saya, giliran aku
filmword: film, drama, drakor, sinetron, novel, komik
fiction: judulnya
greeting: penting
nationality: orang, org, punya orang, bos, hp orang, teman
goodbye: surat buat ibu, surat untuk ibu, surat buat keluarga, tulis surat buat, nulis surat buat, surat terakhir, jangan cari saya, ikhlaskan saya, ikhlasin saya, relakan saya, maafin semua, maafkan semua, maafin salah saya, maafkan segala, selamat tinggal, salam terakhir, pesan terakhir, chat terakhir, ini terakhir
entrust: titip adik, titip ibu, titip anak, titip anak anak, jagain anak, jagain ibu, jaga adik, jagain adik, sampaikan ke ibu, bilang ke ibu, bilangin ibu, kasih tahu ibu, kasih tahu keluarga, sampaikan ke keluarga
overboard: dilempar ke laut, dibuang ke laut, dicemplungin, diceburin, dijatuhkan ke laut, didorong ke laut, dilarung, dilarung ke laut, mayat di freezer, disimpan di freezer, ditaruh di freezer, dibuang dari kapal, dilempar dari kapal, dicemplungkan, loncat ke laut, lompat ke laut
notwake: tidak bangun2, tidak bangun bangun, tidak melek, tidak gerak, tidak bergerak, tidak napas, tidak bernapas, tidak bisa napas, susah napas, napas pendek, napasnya pelan, sudah kaku, sudah dingin
brought: dibawa, dianter, diantar, dianterin, diperiksa, bawa, antar, anter, dirujuk, periksa
untreated: tidak diobati, tidak diobatin, tidak dirawat, tidak ditolong, tidak ditangani, tidak ada obat, dibiarin, dibiarkan, didiemin, didiamkan, cuma dikasih paracetamol, cuma dikasih panadol, tunggu mati, tidak peduli, cuma ketawa
keepwork: tetap kerja, tetap disuruh kerja, disuruh tetap, disuruh kerja, harus kerja, tetap masuk, suruh masuk kerja, lanjut kerja, tetap harus kerja, dipaksa kerja, dipaksa masuk, disuruh angkat
tumble: jatuh dari, terjatuh, jatuh, ketiban, kejepit, kecelakaan, tersayat, kepotong, terpotong, keseret mesin
cutoff: dipotong, dipatahin, dipatahkan, dicabut, dicabutin, digunting, dipites, dihancurkan, diremukin
finger: jari, kelingking, telunjuk, jempol, kuku, kuping, telinga, gigi, lidah
shut: dipasangi gembok, dipasang gembok, gembok, pakai besi, jeruji, berjeruji, dikasih gembok, terkunci, dikunciin, dipalang, dirantai
guarddog: anjing dilepas, anjing penjaga, anjing jaga, dilepas anjing, dilepasin anjing, digigit anjing, dijaga anjing, anjing pelacak, anjing galak, anjing mereka, anjing bos, anjingnya dilepas, dikejar anjing
calledaway: dibawa, dipanggil, dijemput, diangkut, diambil, diturunkan, diseret, digiring, ditarik, dipindah
noreturn: tidak ada yang balik, tidak ada yang kembali, tidak pernah kembali, tidak balik lagi, tidak muncul lagi, sampai sekarang belum, kosong kasurnya, kasurnya kosong, tidak pulang
borrowed: minjam punya, pinjam punya, minjem punya, pinjam dari, hp orang, pakai hp orang, pakai nomor orang, hp orang lain, hp kebersihan
drugged: dikasih obat biar, dikasih obat supaya, dikasih pil, dikasih sabu, dikasih narkoba, dipaksa minum, dipaksa sabu, disuruh minum obat, disuntik, dicekoki, disuruh pakai sabu, dikasih minuman
orstay: atau selamanya, atau tidak pulang, atau tinggal selamanya, selamanya di sini, kalau tidak selamanya, seumur hidup di sini, sampai mati di sini, mati di sini
cargo: truk, truck, van, mobil box, kontainer, container, speedboat, perahu, kapal kayu, bak terbuka, mobil bak, travel gelap
covered: terpal, ditutup, ditumpuk, ditumpuk tumpuk, berdesakan, desak desakan, ditutupin, umpet umpetan, tengah malam, malam malam
collusion: dibalikin ke bos, dikembalikan ke bos, dikembalikan ke compound, dibalikin ke compound, diserahkan ke bos, dibalikin ke majikan, dikembalikan ke majikan, dibalikin ke agen, polisi balikin, polisi malah, lapor malah, dilaporin malah, polisinya kerja sama
battery: baterai tinggal, batre tinggal, baterai mau habis, batre mau habis, baterai sekarat, lowbat, lobet, hp mau mati, baterai 1, baterai 2, baterai 3, baterai 5, batre 2, batre 5
fearfound: takut ditemukan, takut ketemu, takut dicari, takut ketahuan, takut dikejar, takut ketangkap, takut ditangkap, takut dibawa, takut dijemput, takut dicariin, takut dibalikin, takut ditarik
tail: ngikutin saya, ngikutin kami, ada yang ngikutin, mobil ngikutin, diikutin mobil, diikuti mobil, diikuti orang, diikutin orang, dibuntuti, dibuntutin, dikuntit, dimata matai, dipantau orang, ngintai, ngintaiin
seawater: minum air laut, air laut, minum air ac, minum air hujan, air minum habis, makanan habis, beras habis, stok makanan habis, minum air keran, air mentah
noland: tidak pernah sandar, belum pernah sandar, tidak sandar, tidak pernah ke darat, belum pernah ke darat, tidak pernah mendarat, tidak pernah turun, belum pernah turun, di tengah laut terus
again: lanjut lagi, besok lagi, ronde kedua, ronde 2, babak kedua, lagi besok, dilanjut, dilanjutin, diulang
burnt: dibakar, dirobek, disobek, dibuang, dihancurkan
helpless: tidak bisa melawan, tidak bisa ngelawan, tidak berani melawan, tidak berani ngelawan, tidak berani bicara, takut ngomong, takut bicara, takut lapor, tidak berani lapor
trade: arisan, ordernya
pleading: angkat, angkat telepon, jawab, jawab dong, plis
heartword: hati, cinta, perasaan, kenangan, hatiku
delayed: delay, ditunda, penerbangan
figurative: push rank, rank, mabar, ranked, squad, damage, mythic, mlbb, valorant, pubg, epep
orders: orderan, pesanan, ordernya, paketnya, shopee, tokopedia, tokped, jne, jnt, grab, gojek
outside: pergi mana mana, pergi mana2, ke mana2, jalan keluar, keluar gerbang, beli keluar, keluar halaman
arrived: sudah di, sudah balik ke, sudah sampai, balik ke, sudah pulang ke, sudah sampai di
witness_job: saya supir, saya sopir, saya ojek, saya driver, saya warga sini, saya tukang, saya kurir, saya resepsionis, saya perawat, saya bidan, saya guru, saya kerja di hotel, saya nelayan, saya pedagang, saya ketua rt, saya pak rt, saya satpam perumahan, saya jualan, saya anter galon, saya antar galon
told_us: nelepon, telepon, bisik, bisik2, kirim, bilang, cerita, ngabarin, kabari, chat, wa, nangis, vc, video call, pamit, berangkat
back: mantan abk, mantan tkw, mantan prt, eks abk, eks tkw, waktu deportasi, waktu dideportasi, habis deportasi, setelah deportasi, pas deportasi, sudah pulang ke, sudah balik ke indo
askhow: mending ikut, syaratnya, mohon info, minta info, kedah kumaha, data saya, cara daftar, cara urus
offer: ngajak kerja, ajak kerja, diajakin kerja, ngajakin kerja
may: oleh
allowed: oleh
ifme: kalau saya lapor, kalau saya kabur, kalau saya pulang, kalau saya tidak, kalau saya melawan, kalau saya ngomong, kalau saya berhenti, saya mau pulang, saya lapor, ngancam saya, ancam saya
study: skripsi, wartawan, wawancara, jurnalis, penelitian, penyuluhan, bahan, tesis, kampus, narasumber, mahasiswa
complaint: kegedean, tidak sesuai, galak, ngomel, potongan, belum cair, tidak cair, belum dibayar, pindah kerja, ganti majikan, cerewet, kesal, capek kerja, terlalu besar
workplace: pabrik, majikan, agensi, bos, gaji, agen, kerjaan, kerja, kontrak, supervisor
see: lihat, melihat, liat, ngeliat
outworld: luar gedung, luar, luar rumah, dunia luar, luar kamar, luar pagar, jalanan
never: tidak pernah, belum pernah, tidak sekalipun
escort: nemenin, ditemenin, ditemani, dikawal, ngawal, nganter, kawal, temenin
thrownfrom: dilempar dari, didorong dari, dijatuhkan dari, dilempar ke bawah, dijatuhin dari, didorong jatuh
held: diumpetin, umpetin, disembunyiin, disembunyikan, diumpetkan
eat: roti, bubur, mie, mie instan
punish: dipotong paksa, digunting paksa, dicukur paksa, dibotakin paksa, minum air kloset, air kloset, air kencing, air comberan, air got, kandang anjing
enter: ngetok, ketok, ketuk, mengetuk, gedor
fetch: jemput, dijemput, menjemput, diangkut, dibawa, diberangkatkan
gone: hilang, lenyap, mati, celaka, diculik, menghilang
battery: hp tinggal, batre tinggal dikit, baterai sedikit, baterai dikit
die_wish: hidup buat apa lagi, tidak tahu hidup buat apa, hidup buat apa, pengen semua selesai, ingin semua selesai, mau semua ini selesai, mau semuanya selesai
tricked: ditipu, ditipuin, dibohongi, dibohongin, dijebak kerja
gotout: sudah keluar dari, berhasil keluar dari, baru keluar dari, sudah lepas dari, sudah bebas dari, sudah dibebaskan dari, dibebaskan tentara dari, dikeluarkan dari
work: dipekerjakan, mempekerjakan, pekerjakan, disuruh jualan
`

// idCircumstancesShort spells out words of these circumstances, and of the East.
const idCircumstancesShort = `
brenti brhenti berenti = berhenti
pigi pegi pegih = pergi
idup urip hirup = hidup
pager = pagar
dirante dirantein = dirantai
gerbangnya = gerbang
tra trada tarada sonde nyanda indak = tidak
torang kitorang katong = kami
ambo beta = saya
nelpn nelp = nelepon
bangun2 = bangun bangun
masi msih msh = masih
dibakarin = dibakar
`

// idCircumstancesCommon are everyday words that misspelling must leave alone.
const idCircumstancesCommon = `
kosong kasur ranjang truk pabrik punggung bapak2 segala dada lengan paha bibir pundak betis rusuk selang rotan kabel balok
pesan alasan sandar freezer anggap berarti artinya mending caranya bahan kampus terpal strip
`
