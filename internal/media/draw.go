package media

import (
	"image"
	"image/color"
	"image/draw"
)

// shrink draws a picture on white, with its longer edge at most edge points: each
// point is the mean of those it stands for. It never makes a picture larger. It works
// strip by strip, so that no second whole copy of a large picture is made.
func shrink(full image.Image, edge int) *image.RGBA {
	from := full.Bounds()
	wide, high := fit(from.Dx(), from.Dy(), edge)
	small := image.NewRGBA(image.Rect(0, 0, wide, high))
	white := image.NewUniform(color.White)
	for y := range high {
		top, end := from.Min.Y+y*from.Dy()/high, from.Min.Y+(y+1)*from.Dy()/high
		strip := image.NewRGBA(image.Rect(0, 0, from.Dx(), end-top))
		draw.Draw(strip, strip.Bounds(), white, image.Point{}, draw.Src)
		draw.Draw(strip, strip.Bounds(), full, image.Pt(from.Min.X, top), draw.Over)
		for x := range wide {
			small.SetRGBA(x, y, mean(strip, x*from.Dx()/wide, (x+1)*from.Dx()/wide))
		}
	}
	return small
}

// fit is the size of a picture with its longer edge at most edge.
func fit(wide, high, edge int) (int, int) {
	longer := max(wide, high)
	if longer <= edge {
		return wide, high
	}
	return max(1, wide*edge/longer), max(1, high*edge/longer)
}

// mean is the mean of the columns from left up to right of a strip.
func mean(strip *image.RGBA, left, right int) color.RGBA {
	var r, g, b, n int
	for y := range strip.Rect.Dy() {
		row := strip.Pix[y*strip.Stride:]
		for x := left; x < right; x++ {
			r, g, b, n = r+int(row[4*x]), g+int(row[4*x+1]), b+int(row[4*x+2]), n+1
		}
	}
	return color.RGBA{byte(r / n), byte(g / n), byte(b / n), 255} // #nosec G115 -- means of bytes
}

// turns says, for each orientation of EXIF (1 to 8), where the point that belongs at
// (x, y) of the upright picture lies in one of so many columns and rows.
var turns = [9]func(x, y, wide, high int) (int, int){
	2: func(x, y, w, _ int) (int, int) { return w - 1 - x, y },
	3: func(x, y, w, h int) (int, int) { return w - 1 - x, h - 1 - y },
	4: func(x, y, _, h int) (int, int) { return x, h - 1 - y },
	5: func(x, y, _, _ int) (int, int) { return y, x },
	6: func(x, y, _, h int) (int, int) { return y, h - 1 - x },
	7: func(x, y, w, h int) (int, int) { return w - 1 - y, h - 1 - x },
	8: func(x, y, w, _ int) (int, int) { return w - 1 - y, x },
}

// upright turns a picture as its orientation wants it: phones hold the sensor still and
// write down how they were held.
func upright(lying *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return lying
	}
	wide, high := lying.Rect.Dx(), lying.Rect.Dy()
	size := image.Rect(0, 0, wide, high)
	if orientation >= 5 {
		size = image.Rect(0, 0, high, wide)
	}
	standing := image.NewRGBA(size)
	for y := range size.Dy() {
		for x := range size.Dx() {
			fromX, fromY := turns[orientation](x, y, wide, high)
			standing.SetRGBA(x, y, lying.RGBAAt(fromX, fromY))
		}
	}
	return standing
}
