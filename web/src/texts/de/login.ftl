# Was die Anmeldung sagt, auf Deutsch. Dieselben Schlüssel stehen in ../en.

## Seiten

title-login = Anmeldung · Vaxline

## Anmeldung

login-heading = Anmelden
login-product = Terminhotline der Impfkampagne
login-name = Anmeldename
login-password = Passwort
login-show = Passwort anzeigen
login-submit = Anmelden
login-missing-name = Geben Sie Ihren Anmeldenamen ein.
login-missing-password = Geben Sie Ihr Passwort ein.
login-licences = Lizenzen
