package hear

// idEveryday are the words around danger: who, relatives, films, offers, lies.
const idEveryday = `
me: saya
us: kami
they: mereka, dia
kin: adik, kakak, suami, istri, ibu, bapak, saudara, anak saya, anak kami, anak ibu, keponakan, sepupu, tunangan, calon suami, calon istri, cucu, mertua, ipar, paman, bibi, tante, nenek, kakek, orang tua, ortu, saudara kandung, putri, putra, adik perempuan, anak gadis, menantu, pacar, adik ipar, calon istri, besan
own_kin: adik saya, kakak saya, suami saya, istri saya, ibu saya, bapak saya, saudara saya, anak saya, keponakan saya, sepupu saya, tunangan saya, orang tua saya, pacar saya, adik kami, anak kami, putri saya, putra saya, om saya, tante saya, paman saya, cucu saya
friend: teman, sahabat, tetangga, rekan kerja, teman kerja, kenalan, warga, teman sekampung, teman satu kampung, mantan teman, temannya, teman sekolah, karyawan lain, pekerja lain, teman sekamar
people: orang, perempuan, wanita, pekerja, wni, tki, tkw, pmi, cewek, gadis, pria, karyawan, orang indonesia, warga indonesia, korban, pembantu, abk, art, prt, cowok, buruh, ibu2, temannya
captor: bos, majikan, agen, mandor, satpam, penjaga, mereka, supervisor, leader, perusahaan, orang china, orang cina, manager, manajer, penyalur, calo, mami, mucikari, tekong, kapten, nahkoda, ketua, pt, leadernya, atasan, team leader, tl, germo, juragan, mafia, sindikat, pelaku, sponsor, orang sana, hrd, spv, preman, dia, bosnya, majikannya
saw: lihat, melihat, liat, nampak, menyaksikan, ngeliat, saksi, dengar, denger, curiga, mencurigakan, mendengar, kelihatan, melaporkan, mau lapor, ingin melaporkan, mau laporkan, laporin, melihat langsung, ngelihat, ingin lapor, ada info, dapat info, mau laporin, lapor
near_me: dekat rumah, sebelah rumah, depan rumah, kampung saya, desa saya, di kampung, daerah saya, komplek saya, tetangga, ruko sebelah, kontrakan sebelah, kos sebelah, rumah sebelah, seberang rumah
back: sudah pulang, sudah di rumah, sudah sampai rumah, sudah di indonesia, baru pulang, sudah balik, sudah kembali, mantan pekerja, mantan tki, mantan pmi, eks pmi, eks tki, eks pekerja, dipulangkan, sejak pulang, setelah pulang, habis pulang, pernah jadi korban, mantan korban, pasca pulang, sekarang sudah aman, sudah bebas, saya korban yang sudah, sudah dipulangkan, sudah di indo, sekembali dari, waktu di sana, dulu saya, pulang dari, saya pernah, korban yang pulang, sepulang dari, kepulangan saya, sudah selamat, sudah di kampung, sudah ada di rumah, repatriasi, sudah di tanah air, dulu kerja, dulu pernah, eks korban, penyintas, tiba di indonesia, sudah sampai indonesia, sesudah pulang, balik dari, sudah lama pulang, sudah pulkam, sudah lolos dari sana
past_time: januari, februari, maret, april, mei, juni, juli, agustus, september, oktober, november, desember, tahun lalu, bulan lalu, minggu lalu, tahun kemarin, kemarin, bulan kemarin
past: dulu, pernah, waktu itu, tahun lalu, bulan lalu, dahulu, mantan, bekas, eks
aftercare: restitusi, psikolog, lpsk, trauma, konseling, mimpi buruk, kompensasi korban, gaji belum dibayar dulu, modal usaha, susah tidur, tidak bisa tidur, susah cari kerja, bantuan modal, minta dokumen baru, ganti rugi korban, pendampingan, penagih, hak saya
offer: lowongan, lowongan kerja, kerja ke, kerja di luar negeri, ditawari, ditawarin, tawaran, tawaran kerja, rekrutmen, agensi, melamar, lamaran, ngelamar, mau berangkat, mau kerja, magang, kerja luar negeri, diajak kerja, tawaran ke, interview, cari kerja, penempatan, cek pt, cek agen, gaji 12 juta, gaji besar, p3mi, jadi tki, kerja ke luar
advert: minat dm, minat wa, minat pm, minat chat, minat hubungi, hubungi wa, daftar sekarang, klik link, klik, dibuka lowongan, tiket gratis, makan ditanggung, mess gratis, info lebih lanjut, gaji menarik, kuota terbatas, buruan, promo, diskon, join sekarang, fee menarik, tanpa pengalaman, hub wa, slot terbatas, open rekrut, langsung kerja, cukup ktp, minat langsung, yang minat, dibutuhkan segera, fasilitas lengkap, dicari admin, minat inbox, gabung sekarang, dicari cs
junk: paket, hadiah, undian, pinjaman, slot, gacor, maxwin, togel, pulsa, kredit, paket data, cod, ongkir, jual beli, cicilan, pinjol, voucher, saldo, bonus, deposit, toko, pesanan, resi, kurir, investasi, followers, obat kuat, token listrik, kode otp, gofood, sepatu, baju, skincare, motor, mobil, jasa, sewa, kontrakan, kost, kos, kosan, bengkel, warung, tiket konser, listrik, air mati, pln, pdam, wifi, indihome, atm, kartu kredit, servis, galon, sampah, sedot wc, laundry, rental, nasi goreng, pesan nasi, ac, laptop rusak, buket, ready stock, reseller, katalog, ukuran, warna, tugas sekolah, pr matematika, contekan, skripsi, resep, cuaca hari ini, jadwal, bioskop, futsal, gebetan, jodoh, zodiak, arisan, catering, kos2an, kontrakan, pulsanya, ban, oli, gadai, asuransi, tugas, bpjs, sim card, ojek
fiction: film, movie, drama, drakor, sinetron, novel, series, serial, lagu, game, ff, mobile legends, mole, wattpad, nonton, artikel, makalah, skripsi, tesis, penelitian, riset, berita tentang, dokumenter, podcast, cerpen, tugas kuliah, ngegame, main game, anime, komik, webtoon, sinopsis, trailer, netflix, youtube, wawancara, jurnalis, wartawan, narasumber
animal: kucing, anjing, burung, ayam, ikan, hamster, kelinci, kambing, sapi, ular, kura kura, anabul, tikus, musang, kucingku
thing: motor beat, honda beat, rumah, tanah, motor, mobil, ruko, sawah, kebun, kos, kost, apartemen, akun, baju, sepatu, laptop, tiket, barang, kavling, villa, gitar, kulkas, tv, sepeda, meja, kursi, bonsai, emas, perhiasan, hp, iphone, samsung, ikan, obat, makanan, kue, kambing, sapi, kucing, burung, produk, tas, jersey, lapak, warung, toko, gedung, pabrik, truk, pick up, kamera, skincare, ginjal kambing, nomor cantik, token, koin, saham
locked_out: kunci ketinggalan, hp terkunci, akun terkunci, lupa password, kunci kamar kost, kunci kosan, layar terkunci
household: wifi, kamar kost, kamar kos, kunci motor, kunci rumah, kunci mobil, mobil, motor, akun, rekening, atm, kartu, ketinggalan, email, password, aplikasi, file, brankas, lemari, instagram, facebook, fb, ig, gmail, kosan, toilet umum, folder
weather: hujan, banjir, macet, badai, cuaca, salju, polusi, gerimis
figurative: deadline, tugas, rindu, kangen, macet, mantan, skripsi, dosen, cinta, hati, gebetan, doi, cowok, cewek, ujian, kenangan, diet, sepi, pr, perasaan, jomblo, friendzone, kerjaan kantor, kepo, kenyataan, monas, hubungan toxic, meeting, revisi, gabut, matematika, nostalgia, bm, ngantuk, malas, sabar
scammed_online: penipuan online, ketipu, tertipu, kena tipu, beli hp, belanja online, penipuan belanja, investasi bodong, arisan bodong, ditipu online, ketipu online, kena scam, tipu tipu, penipu online, penipuan wa, ditipu beli
question: benarkah, apa benar, apakah, berapa, bagaimana, di mana, mana, boleh tanya, mau tanya, tanya, nanya, kapan, siapa, gimana, apa benar, benar kah, info, benarkah, mau nanya, izin bertanya, bertanya
deceive: ditipu, ditipuin, dibohongi, dibohongin, tidak sesuai, beda dari, beda sama, ternyata, dijanjikan, dijanjiin, janjinya, bohong, penipuan kerja, berbeda, beda
contract: kontrak, resign, hrd, hr, surat kontrak, pinalti, penalti, penalty, perjanjian kerja, one month notice, ijazah, ijasah
work_issue: paspor, visa, agen, majikan, gaji, kontrak, resign, izin tinggal, overstay, perusahaan, permit, pulang, dideportasi, ditipu, splp
want_home: mau pulang, ingin pulang, bantu pulang, minta pulang, cara pulang, bisa pulang, pulang ke indo, pulang ke indonesia, mau balik, pengen pulang, pulangkan, dipulangkan, pulangin, kepingin pulang, minta dipulangkan, bantu saya pulang
promise: dijanjikan, dijanjiin, janjinya, katanya, dibilang, bilangnya, ditawari, ditawarin, janji, awalnya, tawaran, tujuannya, tujuan, dibilangnya, diiming, lowongan, harusnya, seharusnya, kontraknya, iming iming, tadinya, rencananya, ngomongnya, dijanji, semula, mestinya, tiketnya
actual: ternyata, padahal, sekarang di, sekarang, posisi, lokasi, sampai di, sampai, nyampe, tiba di, ada di, berada di, terakhir di, terakhir, malah, tahunya, nyasar, dibawa ke, dipindah ke, dipindahkan ke, dikirim ke, dijual ke, dilempar ke, masuk ke, sembunyi di, lagi di, kerja di, disekap di, ditahan di, diturunkan di, nyatanya, rupanya, dibawanya ke, dioper ke, share loc, posisinya, lokasinya, dibuang ke, taunya, jebulnya, akhirnya, mendarat, stay di, tinggal di, diselundupkan ke
from: dari, asal, asli, orang, warga, domisili, alamat, ktp, kelahiran, penduduk, asalnya, berasal, putra, anak, keluarga, kampung, rumah, desa, kota, ortu di, keluarga di, kampung di, rumah di, polres, polda, dinas, kirim dari, berangkat
via: transit, lewat, via, mampir, terbang, naik pesawat, bandara, dijemput, singgah, turun, melalui
near: dekat, sebelah, seberang, sekitar, arah, menuju, perbatasan, daerah, deketnya
place_prep: di, ke, dari, negara, lokasi, kota, masuk, nang, neng, ning, ka, ti, daerah, sampai, menuju
future: mau, akan, bakal, besok, rencana, diancam, katanya mau, nanti, siap, disuruh, lusa, minggu depan
negword: tidak, bukan, belum, jangan, tanpa
ended: sudah, lagi
greeting: halo, hai, hei, assalamualaikum, permisi, selamat pagi, selamat siang, selamat sore, selamat malam, pagi, siang, sore, malam, p, test, tes, ping, kulonuwun, punten, salam, maaf, admin, min, kak, bang, mas, mbak, bu, pak, bapak, ibu, gan, sis, bro, om, tante, ya, iya, dong, mohon, siapapun, siapa saja, kakak, saya, kami, aku, bos, ini, cepat, segera, sekarang, now, terimakasih, sekali, lah, ya allah, tuhan, allah, sangat, sekali lagi, lagi, sini, di, dan, atau, butuh, ada, orang, darurat, kamu, bisa, anda, semua, seseorang, siapa, cepetan, buruan, cepat
retract: salah kirim, salah sambung, salah nomor, salah orang, bukan saya yang, bukan saya, abaikan, lupakan, cuma bercanda, bercanda, iseng, tidak jadi, anak saya yang main, hp dibajak, dibajak, kepencet, salah pencet, salah ketik, jangan dianggap, cuma iseng, prank, cuma test, cuma coba, batal lapor, tidak usah jadi, saya bohong, cuma becanda, becanda, salah chat
retract_not: salah kirim uang, salah kirim paket, salah kirim barang, jangan lupakan, jangan pernah lupakan, jangan sampai lupakan, jangan kamu lupakan, tidak lupakan, tidak usah lupakan, keluarga lupakan, kenapa lupakan, kok lupakan, bukan saya yang korban, bukan saya korban, bukan saya yang jadi korban, bukan saya tapi, bukan saya saja, bukan saya sendiri
oracle: sudah chat, sudah lapor, pernah lapor, pernah chat, sudah menghubungi, sudah hubungi, pernah hubungi, cek nama, ada laporan, laporan atas nama, atas nama, sudah ngadu, pernah ngadu, sudah kontak, pernah kontak, ada yang lapor, sudah masuk laporan, siapa saja yang lapor, siapa yang lapor, pernah menghubungi, pernah ke sini, sudah ke sini, apakah sudah aman, apa dia aman, pernah kirim pesan, pernah nulis, sudah nulis, ada nama, apa adik saya aman, apakah dia selamat, apa dia selamat, data korban, daftar korban, nama korban
price: bayar berapa, berapa bayar, berapa biaya, biaya berapa, gratis tidak, gratis kah, apa gratis, ini gratis, bayar tidak, apa bayar, ada biaya, dipungut biaya, ini beneran, ini resmi, ini asli, beneran tidak, bukan penipuan, penipuan bukan, ini penipuan, apa ini benar, berapa tarif, harus bayar tidak, apa ini resmi, resmi tidak, ini siapa, ini nomor siapa, nomor siapa, kamu siapa, kalian siapa, ini robot, robot bukan, ini bot, benar tidak ini, asli tidak, perlu bayar, bayar kah, berbayar
recruiting: rekrut, merekrut, ngerekrut, nawarin kerja, menawarkan kerja, nawarin orang, berangkatin, brangkatin, memberangkatkan, rekrut orang, calo, berangkat ke kamboja, non prosedural, nonprosedural, perekrut
family_word: keluarga
insider: di sini, sini, sekamar, teman sekamar, satu kamar, sampai sini, bos baru, leader, tl, satu mess, satu gedung, kita semua
many: banyak, puluhan, ratusan, belasan, beberapa, rombongan
counted: orang, wni, cewek, cowok, perempuan, laki laki, tki, pmi, pekerja, anak, teman, karyawan, pria, wanita, abk, korban, gadis, tkw, jiwa, nyawa, laki2
served_sentence: akun, game, server
recruited: direkrut, diajak, direkrut lewat, diajak teman, dibawa agen, dari tiktok, lewat fb, lewat facebook, diberangkatkan
family_writer: keluarga korban, saya ibunya, saya bapaknya, saya istrinya, saya suaminya, saya kakaknya, saya adiknya, orang tua korban, kami keluarga, ibunya, keluarganya, pihak keluarga, saya ayahnya, saya ibu dari, saya orang tua, mewakili keluarga, saya kakak dari
self_too: saya juga, giliran saya, kami semua, kami juga, termasuk saya, saya pun, dan saya, dengan saya, kami disini, saya dan
info_words: apa benar, benarkah, apakah benar, cara lapor, cara melaporkan, jam operasional, nomor kbri, alamat kbri, kontak kbri, tanya, nanya, mau lapor penipuan, relawan, sosialisasi, donasi, volunteer, legal, resmi, terdaftar, aman kah, aman tidak, apa aman, syarat, prosedur, buat paspor, bikin paspor, perpanjang paspor, sejarah, layanan apa, ini layanan, apa itu, kerja sama, narasumber, bahaya tidak, visa turis, pt apa, info
`

// idLocks are the words that turn a danger into something else, and a few that
// only rules use.
const idLocks = `
wants: mau kerja, ingin kerja, pengen kerja, pengin kerja, boleh kerja, bisa kerja, mau ikut kerja, cari kerja
agent_holds: paspor dipegang agen, paspor di agen, paspor dibawa agen, paspor sama agen, paspor saya dipegang agen, paspor saya di agen
lend: pinjam, dipinjam, minjam, meminjam, minjem
noreply: jangan balas, jangan dibalas, jangan balas dulu, jangan dibalas dulu, jangan kirim pesan, jangan kirim apa apa, jangan chat dulu, jangan sms dulu, jangan chat balik, jangan sms balik
depart: terbang, berangkat, boarding, naik pesawat
airport: di bandara, sudah di bandara, lagi di bandara, mau boarding, sudah boarding
goods: paket, barang, pesanan, uang, pulsa, file, tiket, resi, dokumen, rumah, kos, kost, sekolah, kelas, motor
laugh: wkwk, wkwkwk, haha, hahaha, hihi, awokwok, anjir, ngakak, lucu
cannot_see: tidak bisa lihat, tidak bisa melihat
sport: lari pagi, lari sore, lomba lari, lari marathon, jogging, maraton, futsal, lari estafet, ikut lari
school: sekolahnya, rapor, sekolah di, ppdb, guru, les, beasiswa, wisuda
job_move: mutasi, pindah tugas, pindah kos, pindah rumah, pindahan, pindah sekolah, ekspedisi, kantor cabang
traffic_fine: tilang, denda pajak, denda keterlambatan, denda telat, denda bpjs, denda pinjol
question_only: bagaimana cara, cara ambil
number_of_days: seharian, berhari hari, dari kemarin, sejak kemarin, sehari, semalaman, dari semalam, sudah lama
border: perbatasan, negara lain, laos, seberang, myanmar, kamboja, thailand, kapal lain, kapal
body: kepala, badan, punggung, kaki, tangan, muka, perut, pakai
someone_dead: ada yang, satu orang, temennya, orangnya
plea_words: bilang takut, nangis, minta dijemput, bisik, bisik2, cepat, jangan kasih tahu, sudah tidak kuat, buru2, suara gemetar
`
