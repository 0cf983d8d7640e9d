package media

import (
	"bytes"
	"encoding/binary"
)

// The little of EXIF that is read: how the phone was held. All the rest of it is what
// a copy is made to lose.
const (
	tagOrientation = 0x0112
	typeShort      = 3
	mostTags       = 512
)

// orientation is how a JPEG has to be turned to stand upright, 1 to 8; 1 when it does
// not say, or says it in a way nobody can read.
func orientation(data []byte) int {
	for rest := data[min(2, len(data)):]; len(rest) >= 4 && rest[0] == 0xFF; {
		marker, size := rest[1], int(binary.BigEndian.Uint16(rest[2:]))
		if marker == 0xDA || size < 2 || size+2 > len(rest) { // the picture itself begins, or it is broken off
			break
		}
		if body, found := bytes.CutPrefix(rest[4:size+2], []byte("Exif\x00\x00")); marker == 0xE1 && found {
			return held(body)
		}
		rest = rest[size+2:]
	}
	return 1
}

// held reads the orientation out of the TIFF that EXIF is.
func held(tiff []byte) int {
	var order binary.ByteOrder = binary.BigEndian
	if len(tiff) < 8 {
		return 1
	}
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	first := order.Uint32(tiff[4:])
	if uint64(first)+2 > uint64(len(tiff)) {
		return 1
	}
	entries := tiff[first:]
	count := min(int(order.Uint16(entries)), mostTags)
	for i := range count {
		at := 2 + 12*i
		if at+12 > len(entries) {
			return 1
		}
		entry := entries[at : at+12]
		if order.Uint16(entry) != tagOrientation || order.Uint16(entry[2:]) != typeShort {
			continue
		}
		if value := int(order.Uint16(entry[8:])); value >= 1 && value <= 8 {
			return value
		}
		return 1
	}
	return 1
}
