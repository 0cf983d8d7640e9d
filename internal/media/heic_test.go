package media

import "testing"

func TestAPhotoOfAnIPhoneIsKnownForWhatItIsAndHasNoCopy(t *testing.T) {
	t.Parallel()
	photo := append([]byte{0, 0, 0, 24}, "ftypheic\x00\x00\x00\x00mif1heic"...)
	if got := TypeOf(photo); got != "image/heic" {
		t.Errorf("it is %s", got)
	}
	if kind, ext := KindOf("image/heic"); kind != Picture || ext != "heic" {
		t.Errorf("it is a %s ending in %s", kind, ext)
	}
	if _, err := Copy(photo); err == nil {
		t.Error("something was drawn of it")
	}
	film := append([]byte{0, 0, 0, 24}, "ftypmp42\x00\x00\x00\x00mp42isom"...)
	if got := TypeOf(film); got != "video/mp4" {
		t.Errorf("a film is %s", got)
	}
	if got := TypeOf([]byte("ftypheic")); got != "application/octet-stream" {
		t.Errorf("what is too short is %s", got)
	}
}
