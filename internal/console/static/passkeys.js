// Asks for passkeys, on the pages that know them: the server asks, the key answers, the
// form carries the answer.
for (const form of document.querySelectorAll("[data-passkey]")) {
	const keys = window.PublicKeyCredential, { passkey, make } = form.dataset, failed = form.querySelector("[data-failed]");
	if (!keys?.parseRequestOptionsFromJSON) continue;
	form.hidden = false;
	form.addEventListener("submit", async (event) => {
		event.preventDefault();
		failed.hidden = true;
		try {
			const asked = await fetch(passkey, { method: "POST" });
			if (!asked.ok) throw new Error("refused");
			const { token, options } = await asked.json();
			const key = make === undefined
				? await navigator.credentials.get({ publicKey: keys.parseRequestOptionsFromJSON(options) })
				: await navigator.credentials.create({ publicKey: keys.parseCreationOptionsFromJSON(options) });
			form.elements.token.value = token;
			form.elements.answer.value = JSON.stringify(key);
			form.submit();
		} catch { failed.hidden = false; }
	});
}
