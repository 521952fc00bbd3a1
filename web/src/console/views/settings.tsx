/** The agent's menu: language, sound, notifications, appearance, the keys, log-out. */
import { useSignal } from "@preact/signals";
import { Dialog } from "../../common/dialog";
import { Button, Icon, Key } from "../../common/elements";
import { Menu } from "../../common/menu";
import { logOut } from "../../common/session";
import { choose, language, t } from "../../common/texts";
import { chooseTheme, type Theme, theme } from "../../common/theme";
import { KEYS } from "../keys";
import { askPermission, permission, setSound, sound } from "../ring";

export function AgentMenu({ name }: { name: string }) {
    const keys = useSignal(false);
    const leaving = useSignal(false);
    return (
        <>
            <Menu id="settings" label={name} name={t("menu-of", { name })} right>
                {(close) => (
                    <div class="settings">
                        <Choice
                            legend={t("menu-language")}
                            name="language"
                            value={language.value}
                            options={[
                                ["de", "Deutsch"],
                                ["en", "English"],
                            ]}
                            onChoose={(value) => void choose(value === "en" ? "en" : "de")}
                        />
                        <Choice
                            legend={t("menu-theme")}
                            name="theme"
                            value={theme.value}
                            options={[
                                ["system", t("menu-theme-system")],
                                ["light", t("menu-theme-light")],
                                ["dark", t("menu-theme-dark")],
                            ]}
                            onChoose={(value) => chooseTheme(value as Theme)}
                        />
                        <Choice
                            legend={t("menu-sound")}
                            name="sound"
                            value={sound.value ? "on" : "off"}
                            options={[
                                ["on", t("menu-sound-on")],
                                ["off", t("menu-sound-off")],
                            ]}
                            onChoose={(value) => setSound(value === "on")}
                        />
                        <Notifications />
                        <div class="settings__row">
                            <Button
                                rank="tertiary"
                                onPress={() => {
                                    close();
                                    keys.value = true;
                                }}
                            >
                                {t("menu-keys")}
                            </Button>
                            <Button
                                rank="tertiary"
                                busy={leaving.value}
                                onPress={() => {
                                    leaving.value = true;
                                    void logOut();
                                }}
                            >
                                {t("menu-log-out")}
                            </Button>
                        </div>
                    </div>
                )}
            </Menu>
            <Dialog
                id="keys"
                title={t("menu-keys")}
                open={keys.value}
                onClose={() => (keys.value = false)}
                buttons={
                    <Button rank="primary" onPress={() => (keys.value = false)}>
                        {t("close")}
                    </Button>
                }
            >
                <KeyList />
            </Dialog>
        </>
    );
}

export function KeyList() {
    return (
        <dl class="keys">
            {KEYS.map(([keys, text]) => (
                <div class="keys__row" key={keys}>
                    <dt>
                        <Key keys={keys} />
                    </dt>
                    <dd>{t(text)}</dd>
                </div>
            ))}
        </dl>
    );
}

function Notifications() {
    switch (permission.value) {
        case "default":
            return (
                <Button rank="tertiary" onPress={() => void askPermission()}>
                    {t("menu-notifications-ask")}
                </Button>
            );
        case "granted":
            return (
                <p class="settings__note">
                    <Icon name="success" size="small" /> {t("menu-notifications-on")}
                </p>
            );
        case "denied":
            return <p class="settings__note">{t("menu-notifications-denied")}</p>;
        case "unsupported":
            return null;
    }
}

interface ChoiceProps {
    legend: string;
    name: string;
    value: string;
    options: [value: string, label: string][];
    onChoose: (value: string) => void;
}

function Choice({ legend, name, value, options, onChoose }: ChoiceProps) {
    return (
        <fieldset class="kern-fieldset settings__choice">
            <legend class="kern-label">{legend}</legend>
            <div class="kern-fieldset__body kern-fieldset__body--horizontal">
                {options.map(([option, label]) => (
                    <div class="kern-form-check" key={option}>
                        <input
                            class="kern-form-check__radio"
                            type="radio"
                            id={`${name}-${option}`}
                            name={name}
                            checked={option === value}
                            onChange={() => onChoose(option)}
                        />
                        <label class="kern-label" for={`${name}-${option}`}>
                            {label}
                        </label>
                    </div>
                ))}
            </div>
        </fieldset>
    );
}
