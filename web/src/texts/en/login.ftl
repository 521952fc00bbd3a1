# What the log-in page says, in English. The same keys stand in ../de.

## Pages

title-login = Log in · Vaxline

## Log-in

login-heading = Log in
login-product = Appointment hotline of the vaccination campaign
login-name = Login
login-password = Password
login-show = Show password
login-submit = Log in
login-missing-name = Enter your login.
login-missing-password = Enter your password.
login-licences = Licences
