package main

// decided are texts that are no plain copy of a licence, by the digest of their
// words: a person read them and said under which licence they come. Another word
// in them is another text, to be read again.
var decided = map[string]struct{ licence, why string }{
	"0f17a143b3a6766dff5caf21a5e9d2759289705a204a10311d51e525a205454d": {"BSD-3-Clause", "circl: the same licence twice, of Cloudflare and of the Go authors"},
	"f6855c80234da90bbb26c8b3d59179f2c507db8941046b435aaaa54e3dcff97b": {"BSL-1.0", "miniredis, fpconv: a sentence on where the code comes from, then Boost"},
	"76971729e2ce464f8c14380ba64fb251a0f362674e431e5e8a6e14eb21804af2": {"MIT", "miniredis, metro: a sentence on where the code comes from, then MIT"},
}
