package qr

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The texts are as an authenticator reads them, and as long as a login makes them.
func TestACodeSaysWhatItWasDrawnFrom(t *testing.T) {
	t.Parallel()
	for _, login := range []string{"wati", "rina.sari", strings.Repeat("w", 40), strings.Repeat("w", 100)} {
		text := "otpauth://totp/Pulang:" + login + "?algorithm=SHA1&digits=6&issuer=Pulang&period=30&secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
		code, err := Draw(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := read(code); err != nil || got != text {
			t.Errorf("%d letters: read %q, %v", len(text), got, err)
		}
	}
	for _, text := range []string{"a", "halo", "Ibu, aku pulang – é"} {
		code, err := Draw(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := read(code); err != nil || got != text {
			t.Errorf("read %q of %q, %v", got, text, err)
		}
	}
}

func TestWhatFitsIntoNoCodeIsRefusedWithoutBeingSaid(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", strings.Repeat("rahasia", 500)} {
		code, err := Draw(text)
		if !errors.Is(err, ErrTooLong) || code != (Code{}) || strings.Contains(err.Error(), "rahasia") {
			t.Errorf("%d letters: %v", len(text), err)
		}
	}
}

// TestAWrongModuleIsSeen: the reader of these tests trusts nothing that is drawn.
func TestAWrongModuleIsSeen(t *testing.T) {
	t.Parallel()
	code, err := Draw("otpauth://totp/Pulang:wati?secret=JBSWY3DPEHPK3PXP")
	if err != nil {
		t.Fatal(err)
	}
	grid := gridOf(code)
	n := len(grid)
	grid[n-1][n-1] = !grid[n-1][n-1]
	if _, err := readGrid(grid); err == nil {
		t.Error("a module was turned round, and nobody saw it")
	}
}

// The reader below follows ISO/IEC 18004 and shares nothing with what draws.

// read reads the code that a path draws.
func read(code Code) (string, error) { return readGrid(gridOf(code)) }

func gridOf(code Code) [][]bool {
	n := code.Side - 2*Margin
	grid := make([][]bool, n)
	for y := range grid {
		grid[y] = make([]bool, n)
	}
	for _, run := range strings.Split(strings.TrimSuffix(code.Path, "z"), "z") {
		var x, y, wide, back int
		if _, err := fmt.Sscanf(run, "M%d %dh%dv1h-%d", &x, &y, &wide, &back); err != nil || wide != back {
			panic(run)
		}
		for i := range wide {
			grid[y-Margin][x-Margin+i] = true
		}
	}
	return grid
}

// blocks are of level M, by version: codewords of correction in each block, and how
// many blocks there are of how many codewords of data.
var blocks = [][]int{1: {10, 1, 16}, {16, 1, 28}, {26, 1, 44}, {18, 2, 32}, {24, 2, 43}, {16, 4, 27}, {18, 4, 31}, {22, 2, 38, 2, 39}, {22, 3, 36, 2, 37}, {26, 4, 43, 1, 44}, {30, 1, 50, 4, 51}}

// centres are of the alignment patterns, by version.
var centres = [][]int{1: nil, {6, 18}, {6, 22}, {6, 26}, {6, 30}, {6, 34}, {6, 22, 38}, {6, 24, 42}, {6, 26, 46}, {6, 28, 50}, {6, 30, 54}}

// masks turn modules round, by their number.
var masks = []func(x, y int) bool{
	func(x, y int) bool { return (x+y)%2 == 0 },
	func(_, y int) bool { return y%2 == 0 },
	func(x, _ int) bool { return x%3 == 0 },
	func(x, y int) bool { return (x+y)%3 == 0 },
	func(x, y int) bool { return (y/2+x/3)%2 == 0 },
	func(x, y int) bool { return x*y%2+x*y%3 == 0 },
	func(x, y int) bool { return (x*y%2+x*y%3)%2 == 0 },
	func(x, y int) bool { return ((x+y)%2+x*y%3)%2 == 0 },
}

func readGrid(grid [][]bool) (string, error) {
	n := len(grid)
	version := (n - 17) / 4
	if version < 1 || version >= len(blocks) || version*4+17 != n {
		return "", fmt.Errorf("no version has %d modules", n)
	}
	format := 0 // fifteen bits around the finder in the corner, the highest first
	for i := range 15 {
		x, y := 8, 0
		switch {
		case i < 6:
			x, y = i, 8
		case i == 6:
			x, y = 7, 8
		case i == 7:
			x, y = 8, 8
		case i == 8:
			x, y = 8, 7
		default:
			x, y = 8, 14-i
		}
		format <<= 1
		if grid[y][x] {
			format |= 1
		}
	}
	format ^= 0x5412
	if format>>13 != 0 {
		return "", fmt.Errorf("level %d is not M", format>>13)
	}
	return decode(words(grid, version, masks[format>>10&7]), version)
}

// held reports whether a module is part of a pattern.
func held(x, y, n, version int) bool {
	if x == 6 || y == 6 || x < 9 && y < 9 || x > n-9 && y < 9 || x < 9 && y > n-9 {
		return true
	}
	if version >= 7 && (x > n-12 && y < 6 || y > n-12 && x < 6) {
		return true
	}
	for i, cx := range centres[version] {
		for j, cy := range centres[version] {
			last := len(centres[version]) - 1
			corner := i == 0 && j == 0 || i == 0 && j == last || i == last && j == 0
			if !corner && x >= cx-2 && x <= cx+2 && y >= cy-2 && y <= cy+2 {
				return true
			}
		}
	}
	return false
}

// words reads the codewords, two columns at a time, up and down.
func words(grid [][]bool, version int, mask func(x, y int) bool) (all []byte) {
	n, bits, word := len(grid), 0, byte(0)
	up := true
	for right := n - 1; right > 0; right -= 2 {
		if right == 6 {
			right--
		}
		for step := range n {
			y := step
			if up {
				y = n - 1 - step
			}
			for _, x := range []int{right, right - 1} {
				if held(x, y, n, version) {
					continue
				}
				word <<= 1
				if grid[y][x] != mask(x, y) {
					word |= 1
				}
				if bits++; bits%8 == 0 {
					all = append(all, word)
				}
			}
		}
		up = !up
	}
	return all
}

// decode puts the blocks together, checks each of them, and reads the text.
func decode(all []byte, version int) (string, error) {
	spec := blocks[version]
	var sizes []int
	for i := 1; i < len(spec); i += 2 {
		sizes = append(sizes, slices.Repeat([]int{spec[i+1]}, spec[i])...)
	}
	parts := make([][]byte, len(sizes))
	for i := range slices.Max(sizes) {
		for b, size := range sizes {
			if i < size {
				parts[b], all = append(parts[b], all[0]), all[1:]
			}
		}
	}
	var data []byte
	for _, p := range parts {
		data = append(data, p...)
	}
	for range spec[0] {
		for b := range parts {
			parts[b], all = append(parts[b], all[0]), all[1:]
		}
	}
	for b, p := range parts {
		if !whole(p, spec[0]) {
			return "", fmt.Errorf("block %d is damaged", b)
		}
	}
	if data[0]>>4 != 4 {
		return "", fmt.Errorf("mode %d is not bytes", data[0]>>4)
	}
	nibble := func(i int) int { return int(data[i/2]>>(4*(1-i%2))) & 15 }
	at, size := 1, 0
	for range map[bool]int{true: 4, false: 2}[version > 9] {
		size, at = size<<4|nibble(at), at+1
	}
	text := make([]byte, size)
	for i := range text {
		text[i] = byte(nibble(at)<<4 | nibble(at+1))
		at += 2
	}
	return string(text), nil
}

// whole reports whether a block, with its codewords of correction, has every root.
func whole(block []byte, roots int) bool {
	for i := range roots {
		sum, root := byte(0), byte(1)
		for range i {
			root = times(root, 2)
		}
		for _, b := range block {
			sum = times(sum, root) ^ b
		}
		if sum != 0 {
			return false
		}
	}
	return true
}

// times multiplies in the field of the codewords.
func times(a, b byte) (product byte) {
	for ; b > 0; b >>= 1 {
		if b&1 == 1 {
			product ^= a
		}
		high := a & 0x80
		a <<= 1
		if high != 0 {
			a ^= 0x1d
		}
	}
	return product
}
