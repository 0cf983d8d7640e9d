package hear

// idControl are the words for control that names no violence: being counted,
// bought, kept from sleep, made to bring others.
const idControl = `
shut: dipaku, ditutup papan, disegel
barred: tidak bisa, tidak boleh, tidak diizinkan, belum bisa, belum boleh
basic: tidur, istirahat, duduk, ngomong, bicara, ngobrol, sholat, mandi, ke toilet, ke wc, ke kamar mandi, minum, berobat
mercy: minta ampun, ampun ampun, mohon ampun
punish: makan cabe, makan cabai, makan tanah, minum kencing
bought: sudah dibayar mahal, harga saya, harga kami, saya sudah dia beli, sudah dia beli, dia sudah beli, milik mereka, milik bos, sudah beli saya, dianggap barang, sudah keluar uang banyak untuk saya
pretend: ngaku, mengaku, pura pura, ngaku betah, bilang betah
elsewhere: tempat lain, tempat baru, perusahaan lain, company lain, gedung lain, kantor lain, company sebelah, bos lain, bos baru, ganti tempat, pindah tempat, negara lain, kapal lain, tempat laen, kompleks lain, gedung b, tempat yang lebih
conditions: comberan, berdesakan, tidur di lantai, nasi basi, tidur di dapur, kamar sempit, tidak ada air, bau busuk, air kotor
insult: dimaki, dibentak, dihina, diludahi, dimaki maki, bentak bentak, bentak
rape: masuk kamar saya, masuk ke kamar saya, tanpa baju, telat haid, minta tidur bareng, ngajak tidur, tidur sama bos, dipeluk paksa, dicium paksa
die_wish: nyusul almarhum, nyusul ibu, surat perpisahan, surat terakhir, surat buat keluarga, saya lompat, saya loncat, selamat tinggal semua, pesan terakhir saya, mau menghilang selamanya
safe_spot: masjid, gereja, rumah warga, rumah penduduk, pom bensin, pinggir jalan, kantor polisi, kolong, toilet umum, hotel, warung, vihara, pasar
suffer: yang kena, celaka, awas, akibatnya, tanggung akibat, nyesel, tanggung sendiri, dibikin susah, tidak selamat, tidak akan selamat
visit: didatangi, didatengin, datang cari, datang ke rumah, nyatronin, nyamperin rumah, datangi rumah, mendatangi rumah
newpeople: orang baru, pengganti, orang pengganti, anak baru, bawa orang, cari orang, 5 orang baru
shockstick: stik listrik, tongkat listrik, alat setrum, tongkat setrum, stik setrum
confine: tidak lihat matahari, tidak pernah lihat matahari, kayak tahanan, seperti tahanan, seperti penjara, kaya tahanan, kayak penjara, kaya penjara, kayak di penjara
counted_off: dihitung, diabsen, dibariskan
collusion: temenan dengan bos, temenan sama bos, teman bos, polisi disogok, polisi dibayar, kerja sama dengan bos, kerjasama sama bos, temannya bos, dikasih uang sama bos
saveme: kirim bantuan, kirim pertolongan, kirim orang ke sini
wantout: mau keluar dari sini, keluar dari neraka, mau keluar dari, ingin keluar dari sini, mau keluar dari neraka, mau pergi dari sini, mau lepas dari sini, bebas dari sini, keluar dari tempat ini
selfvictim: saya korban, kami korban, korban tppo, korban perdagangan orang, korban trafficking, korban perdagangan manusia
farewell: doakan aku, doakan saya, doain aku, doain saya, jaga ibu, jaga anak, maafkan aku, maafin aku, maafin saya, berarti sudah tidak ada, kalau aku tidak ada, kalau saya tidak ada, titip anak
freed: dilepas, dilepasin, dibebaskan, dipulangkan, bebas, dibebasin, dilepaskan, dikembalikan
beg: ngetik help, ngetik tolong, bilang tolong, cuma tulis tolong, sempat ngetik, ketik tolong
smuggle: jalur tikus, pelabuhan tikus, nyeberangin orang, nyebrangin orang, tanpa paspor, jalur gelap
cryword: cepat datang, segera datang, butuh pertolongan segera
come: cepat ke sini, buruan ke sini
nowhome: sekarang sudah di, sekarang sudah, sekarang di rumah, alhamdulillah sudah, kini sudah
trade: pinjol, pinjaman, cicilan, kredit, slot, gacor, promo, diskon, undian, hadiah, voucher, paket, resi, kurir, ongkir, cod, pesanan, konser, listrik, pln, wifi, indihome, pulsa, token, servis, resto, restoran, kontes, bengkel, rekomendasi, game, skripsi, ujian, atm, kartu kredit, leasing, debt collector, iphone, gofood, bea cukai, kost, kosan, kos, togel, olshop, pln, tilang, laundry, futsal, konter, diet
askif: wajar tidak, benar tidak, aman tidak, aman kah, penipuan bukan, penipuan tidak, legal tidak, resmi tidak, apa penipuan, bener kah, wajar kah, modus bukan
student: mahasiswa, mahasiswi, magang, penelitian, tugas kuliah, instansi apa, ini apa
`
