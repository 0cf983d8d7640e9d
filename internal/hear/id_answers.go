package hear

// idAnswers are the words that answer a question, by key and meaning; "*" is for
// every question that has the meaning.
const idAnswers = `
* yes: signyes, ya, iya, y, yoi, yaa, iyah, ya benar, betul, benar, ho oh, heeh, ya ada, ada, iya ada, sudah, bener, yup, hooh, inggih, enggih, nggih, sumuhun, muhun
* no: signno, tidak, tidak ada, bukan, belum, tidak sama sekali, tidak kok, teu, mboten, ora, tidak pernah, enggak lah
* unsure: signunsure, tidak ingat, tidak inget, tidak tahu, kurang tahu, mungkin, bingung, entah, ragu, tidak yakin, kurang yakin, tidak pasti, belum tahu, tidak jelas, mbuh
* unknown: signunsure, tidak ingat, tidak inget, tidak tahu, kurang tahu, entah, tidak yakin, lupa, tidak pasti, belum tahu, mbuh
* none: tidak ada, tidak, belum ada, belum, aman saja, baik saja, tidak ada semua, bukan semuanya, bebas
* nobody: tidak ada, tidak, belum, aman, cuma saya, sendiri, saya sendiri, tidak ada orang, hp sendiri, hp saya sendiri, belum lapor, tidak ada yang baca
* skip: lewati, lewat, skip, lompat, lanjut, next, pas, tidak mau jawab, rahasia
* other: lainnya, lain, yang lain, selain itu
safe_now yes: ok ok, bisa, aman, boleh, ok, oke, siap, bisa chat, aman kok, bisa sekarang, ya bisa, silakan
safe_now no: jangan, jangan balas, tidak bisa, tidak aman, nanti, jangan dulu, jangan balas dulu, bahaya, belum bisa, jangan dibalas, jangan bales
language id: indonesia, bahasa indonesia, indo, bahasa, indonesian
language en: inggris, bahasa inggris, english, eng
danger_who me: ya, iya, ada, saya, ya saya, saya sendiri, kami, iya saya, diri saya
danger_who other: orang lain, dia, teman, adik, kakak, keluarga, anak saya, teman saya, adik saya, mereka, ya orang lain, suami, istri, suami saya, istri saya, kakak saya, saudara
danger_who no: tidak, aman, tidak ada, aman saja
who victim: saya sendiri, saya, diri sendiri, diri saya, kami, aku sendiri, kami sendiri, tentang saya
who family: keluarga, teman, adik saya, kakak saya, anak saya, suami saya, istri saya, adik, kakak, suami, istri, anak, keluarga atau teman, saudara, saudara saya, teman saya, keluarga saya, ibu saya, keponakan, sepupu, tunangan
who witness: orang lain, tetangga, orang, saya lihat, orang tidak dikenal, saksi
who returnee: sudah pulang, saya sudah pulang, sudah di rumah, sudah balik, mantan, saya sudah di rumah, sudah di indonesia
who info: tanya, mau tanya, nanya, tanya saja, mau tanya saja, info, cuma tanya, mau nanya, bertanya
deadline now: sekarang, sekarang juga, saat ini, lagi sekarang, detik ini, sedang terjadi
deadline today: hari ini, malam ini, nanti malam, nanti, sore ini, nanti sore, sebentar lagi, siang ini
deadline tomorrow: besok, besok pagi, besok malam, besok subuh, besok siang, besok sore
danger_now yes: gawat, bahaya, parah, darurat, ya bahaya, gawat sekali, dalam bahaya, tolong, iya bahaya, diancam, dicari
danger_now no: aman, biasa, biasa saja, baik baik saja, baik, tidak bahaya, aman saja, baik saja, tidak apa apa
danger_now self_harm: mau menyakiti diri, menyakiti diri sendiri, ingin menyakiti diri sendiri, mau mati, bunuh diri
device_watched yes: bos, ada bos, bos ada, bos ad, ad bos, ad org, bosnya, bos juga, ada orang, orang lain, ada orang lain, ada teman, teman, diawasi, ada, sering, diperiksa, dicek, bisa dibaca, suka dicek, dibaca, ada yang baca, ada yang lihat
device_watched sometimes: kadang, kadang kadang, kadang2, jarang, kadang dicek, kadang diperiksa, sesekali
device_watched nobody: aman, hp saya, hp sendiri, tidak ada
device_watched borrowed: hp bos, hp kapten, hp majikan, hp agen, hp tetangga, hp saudara, pinjam, pinjaman, hp pinjam, hp pinjaman, hp teman, hp orang, punya teman, pinjam hp, hp pinjaman teman, minjem
country other: di kapal, kapal, negara lain, di laut, tengah laut, kapal ikan
freedom free: boleh, bisa, bebas, bisa keluar, boleh keluar, bebas keluar
freedom locked: tidak bisa, tidak boleh, tidak, dikunci, dijaga, terkunci, dikurung, disekap, dikunci dan dijaga, dikunci atau dijaga, tidak bisa keluar, tidak boleh keluar
freedom escorted: harus izin, izin, dikawal, harus dikawal, minta izin, pakai izin, izin dulu, harus minta izin
freedom running: lari, kabur, sembunyi, lagi lari, lagi sembunyi, di jalan, lagi di jalan, sedang lari, sudah kabur, ngumpet
freedom out: sudah keluar, sudah di luar, di luar, sudah bebas, keluar
freedom detained: ditahan polisi, imigrasi, polisi, ditahan imigrasi, di penjara, dipenjara, ditahan
age_band under18: di bawah 18, dibawah 18, bawah 18, di bawah umur, belum 18, masih anak, masih smp, masih sma, kurang dari 18, di bawah 18 tahun
age_band adult: dewasa, lebih dari 18, di atas 18, diatas 18, 18 ke atas, atas 18, sudah dewasa, 18 tahun atau lebih
violence beaten: dipukul, disetrum, dipukuli, disiksa, ditampar, ditendang
violence abused: dilecehkan, diperkosa, dicabuli
violence threatened: diancam, ancaman
health injured: luka, sakit, sakit parah, terluka, luka parah
health pregnant: hamil, mengandung
health with_child: anak kecil, dengan anak, bawa anak, bersama anak, ada anak, bayi, anak
health soon: ya, iya, butuh, perlu, ya butuh, iya butuh, butuh psikolog, butuh dokter, dokter, psikolog, mau, ya mau, segera, ya segera, sekarang, secepatnya, iya segera
health later: nanti, ya nanti, iya nanti
health no: tidak, tidak perlu, tidak usah, tidak butuh
control passport_kept: paspor, paspor ditahan, paspor diambil, paspor dipegang
control must_pay: harus bayar, bayar, bayar dulu, denda, harus bayar dulu, utang
control pay_held: gaji, gaji ditahan, gaji tidak dibayar, tidak digaji
control phone_taken: hp, hp disita, hp diambil, hp diperiksa, hp ditahan
forced_work online: online, kerja online, scam, nipu, depan komputer, komputer
forced_work sex: melayani tamu, seks, layani tamu, tamu
forced_work other: kerja lain, lain, lainnya, pabrik, rumah tangga, kapal, kebun
forced_work none: tidak dipaksa, tidak, tidak ada
recontact only_me: jangan telepon, jangan ditelepon, jangan chat, jangan wa, jangan sms, jangan dihubungi, jangan hubungi saya, saya saja, saya, jangan, jangan hubungi, saya yang chat, saya duluan, tidak boleh, jangan saya yang chat, biar saya, saya aja
recontact any_time: boleh kapan saja, kapan saja, boleh, kapanpun, bebas, dari situ, boleh dari situ, kamu, kalian
recontact hours: jam tertentu, di jam tertentu, boleh di jam tertentu, ada jamnya
recontact message: boleh chat, chat, boleh, chat saja, lewat chat, wa, ya boleh
recontact call: telepon, boleh telepon, chat atau telepon, boleh telpon, boleh chat atau telepon, keduanya
recontact morning: pagi
recontact midday: siang
recontact afternoon: sore
recontact evening: malam
people one: saya saja, sendiri, cuma saya, satu, saya sendiri, satu orang, sendirian, seorang
people few: beberapa, berdua, bertiga, berempat, berlima, beberapa orang, sedikit, belasan kurang
people many: banyak, banyak sekali, puluhan, ratusan, belasan, banyak orang
officer_sex woman: perempuan, cewek, wanita, ibu, mbak
officer_sex man: laki laki, laki2, cowok, pria, lelaki, bapak, laki
officer_sex anyone: siapa saja, bebas, terserah, siapapun, sama saja
last_contact today: hari ini, tadi, tadi pagi, barusan, tadi malam
last_contact days: kemarin, kemaren, beberapa hari, beberapa hari lalu, kurang dari seminggu, semalam, lusa
last_contact weeks: minggu lalu, seminggu, lebih dari seminggu, dua minggu, beberapa minggu
last_contact months: sebulan, bulan lalu, lebih dari sebulan, berbulan bulan, beberapa bulan, setahun
told locked: dikurung, dikunci, disekap
told hurt: disakiti, dipukul, diancam, disiksa, dianiaya
told passport_kept: paspor ditahan, paspor, paspor diambil
told forced_work: dipaksa kerja, kerja paksa, dipaksa
told nothing: tidak cerita, tidak cerita apa apa, tidak ada, tidak bilang apa apa, tidak, tidak tahu
ransom unpaid: belum, ya belum, belum dibayar, ya belum dibayar, belum bayar, ada belum dibayar, ada, ya, iya, iya belum
ransom paid: sudah, sudah dibayar, sudah bayar, ya sudah, sudah transfer, ya sudah dibayar
ransom_when today_or_tomorrow: hari ini, besok, hari ini atau besok, malam ini, nanti malam, hari ini besok
ransom_when this_week: minggu ini, 3 hari, seminggu, beberapa hari
recruiter family: keluarga, saudara, om, tante, sepupu, paman, kakak
recruiter friend: teman, tetangga, temannya, kenalan, teman kerja
recruiter social_media: medsos, facebook, fb, tiktok, instagram, ig, telegram, sosial media, internet, media sosial
recruiter agency: agen, pt, agensi, calo, sponsor, penyalur, agen resmi
contact_safe watched: diawasi, diambil, disita, dipegang, ya, iya
contact_safe not_watched: tidak, tidak diawasi, aman, masih dipegang sendiri
reported_to mission: kedutaan, kbri, kjri, kemlu, kementerian luar negeri, konsulat
reported_to police: polisi, polres, polda, polsek, kantor polisi
reported_to worker_office: dinas, disnaker, bp2mi, kp2mi, bp3mi, dinas tenaga kerja, bnp2tki
reported_to aid_group: lembaga bantuan, lsm, sbmi, migrant care, iom, lembaga
self_safe safe: aman, ya aman, saya aman, aman saja, ya, iya
self_safe unsafe: tidak aman, tidak, bahaya, takut
seen locked: dikunci, dijaga, dikurung, disekap
seen hurt: luka, dipukul, memar, lebam, disiksa
seen child: anak, anak kecil, di bawah umur, anak anak
seen taken: hp diambil, paspor diambil, hp paspor, paspor, hp
seen forced_sex: melayani tamu, dipaksa melayani tamu, layani tamu, psk
basis saw: denger sendiri, dengar sendiri, lihat sendiri, lihat langsung, saya lihat, melihat, liat sendiri, saksi
basis told_by_person: diceritakan orangnya, dia cerita, orangnya cerita, dari orangnya, cerita langsung, dia bilang
basis told_by_other: diceritakan orang lain, dari orang, cerita orang, dari teman, kata orang, kata tetangga
basis internet: internet, medsos, facebook, tiktok, online, berita, youtube
when now: sekarang, sedang terjadi, lagi terjadi, saat ini, masih
when today: hari ini, tadi, tadi pagi, barusan, tadi malam
when days: kemarin, beberapa hari lalu, beberapa hari, dua hari lalu, lusa kemarin
when week_or_more: minggu lalu, lebih dari seminggu, bulan lalu, sudah lama, lama
needs documents: dokumen, paspor, ktp, surat
needs legal: hukum, bantuan hukum, pengacara
needs work: kerja, usaha, modal, pekerjaan
needs shelter: tempat tinggal, rumah, penampungan
needs wages: gaji, gaji belum dibayar, upah
needs protection: perlindungan, dilindungi, lindungi
pressure asked_back: diajak kembali, diajak lagi, mengajak kembali, disuruh balik, diajak balik
pressure threatened: diancam, ditagih, menagih, mengancam, ditagih terus, menagih atau mengancam
legal_status soon: ya, iya, butuh, perlu, ya butuh, ada, ada panggilan, segera, ya segera, secepatnya
legal_status later: nanti, ya nanti
departure on_the_way: di jalan, bandara, di bandara, sudah jalan, sudah di jalan, sudah berangkat, perjalanan
departure this_week: minggu ini, besok, lusa, hari ini, beberapa hari lagi
departure later: nanti, bulan depan, minggu depan, masih lama
departure none: belum ada rencana, belum, tidak ada rencana, belum tahu, tidak tahu
offer_signs tourist_visa: visa turis, visa wisata, visa kunjungan
offer_signs no_contract: tanpa kontrak, tidak ada kontrak, kontrak tidak ada, belum ada kontrak
offer_signs cost_as_debt: potong gaji, biaya jadi utang, utang, dipotong gaji
offer_signs passport_with_agent: paspor dipegang agen, paspor di agen, paspor diambil
`

// idCommands are the exits, as people type them.
const idCommands = `
help: bantuan, menu, info, menu bantuan, lihat menu, bantuan menu
human: orang mana, telepon saja, telepon saya, boleh telepon saja, bisa telepon saja, bisa telepon saya, tolong telepon, tolong telepon saya, minta telepon, minta ditelepon, petugas mana, mana petugas, mana petugasnya, mana orangnya, orangnya mana, ada orang, ada orang tidak, ada orang di sini, sambungkan ke petugas, sambungkan petugas, boleh bicara dengan orang, boleh bicara sama orang, bisa bicara dengan orang, boleh telepon, bisa telepon, boleh telepon tidak, bisa telepon tidak, mau telepon, boleh telepon orang, boleh telepon orang saja, boleh telepon orang saja tidak, boleh telpon, bisa telpon, boleh telpon tidak, bisa telpon tidak, mau telpon, boleh telpon orang, boleh telpon orang saja tidak, manusia, orang, petugas, operator, staf, cs, bicara dengan orang, bicara dengan petugas, bicara dengan manusia, mau bicara dengan orang, mau bicara dengan petugas, mau bicara dengan manusia, minta petugas, chat dengan orang, ngomong dengan orang, saya mau bicara dengan orang, saya mau bicara dengan petugas, bisa bicara dengan petugas, mau ngomong dengan orang, bicara sama orang, bicara sama petugas, mau bicara sama orang, mau bicara sama petugas, ngobrol sama orang, mau ngobrol sama orang, ngomong sama orang, mau ngomong sama orang, mau ngomong sama petugas, chat sama orang, orang asli, admin asli
stop: berhenti dulu, stop dulu, sudah dulu, sampai di sini saja, berhenti, stop, berenti, brhenti, brenti, berhenti chat, stop chat, sudah cukup
quiet: diam, diem, hening, jangan balas lagi, jangan chat lagi, diam dulu
back: salah jawab, salah pilih, salah jawaban, eh salah, salah, ubah jawaban, ganti jawaban, ralat, kembali, balik, mundur, sebelumnya, ulang, pertanyaan sebelumnya
forget: lupakan saya, lupakan aku, lupakan kami, lupain saya, lupain aku, hapus data saya, hapus data aku, hapus data kami, hapus semua data saya, hapus semua data aku, hapus data pribadi saya, hapus dataku, hapus datanya saya, hapus laporan saya, hapus laporanku, hapus kasus saya, hapus identitas saya, hapus nama saya, hapus nomor saya, hapus catatan tentang saya, hapus semua tentang saya, hapus informasi saya, saya mau data saya dihapus, tolong hapus data saya, minta data saya dihapus, data saya tolong dihapus, saya minta dihapus datanya, data saya dihapus saja, saya ingin data saya dihapus, saya mau data saya di hapus, mohon data saya dihapus, mohon data saya di hapus, tolong data saya dihapus, tolong data saya di hapus, minta data saya di hapus, data saya hapus, hapus semua data, hapus akun saya, hapuskan data saya, lupakansaya, hapusdatasaya
delete: hapus, apus, hps, hps chat, hapusin, hapus chat, hapus semua, hapus pesan, hapus semuanya, hapus percakapan, hapus riwayat, hapus chat ini
language: bahasa, ganti bahasa, ubah bahasa, pilih bahasa
language id: bahasa indonesia, ganti bahasa indonesia, ganti ke bahasa indonesia, ganti indonesia, pakai bahasa indonesia, indonesia saja, pake bahasa indonesia, in indonesian, indonesian please, tolong bahasa indonesia, bahasa indo, bahasa indonesia saja
language en: bahasa inggris, inggris, ganti bahasa inggris, ganti ke bahasa inggris, ganti inggris, pakai bahasa inggris, bisa bahasa inggris, bisa bahasa inggris tidak, tolong bahasa inggris
`
