import { browser } from "@web/core/browser/browser";
import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { session } from "@web/session";

/** Returns an item of the user's menu that changes the language of the user and of the screen. */
export function getLanguageItem(env, [code, name]) {
    return {
        type: "item",
        id: `customer_value.language.${code}`,
        description: name,
        show: () => code !== user.context.lang,
        callback: async () => {
            await env.services.orm.write("res.users", [user.userId], { lang: code });
            // The session learns the language here: a page is drawn in the one it knew before.
            await rpc("/web/session/get_session_info");
            browser.location.reload();
        },
        sequence: 45,
    };
}

const items = registry.category("user_menuitems");
for (const language of session.customer_languages || []) {
    items.add(`customer_value.language.${language[0]}`, (env) => getLanguageItem(env, language));
}
