// Rules for static/src and static/tests; `./dev lint javascript` runs them with its own ESLint and
// shows it the rules that come with ESLint through NODE_PATH. How code looks is Prettier's matter.
const recommended = require("@eslint/js").configs.recommended;

// What the browser and Odoo's web client give every module.
const GIVEN = [
    "Event",
    "HTMLElement",
    "IntersectionObserver",
    "Intl",
    "KeyboardEvent",
    "MutationObserver",
    "PerformanceObserver",
    "URL",
    "clearTimeout",
    "console",
    "document",
    "fetch",
    "luxon",
    "odoo",
    "performance",
    "requestAnimationFrame",
    "setTimeout",
    "window",
];

module.exports = [
    recommended,
    {
        files: ["static/**/*.js"],
        languageOptions: {
            ecmaVersion: 2022,
            sourceType: "module",
            globals: Object.fromEntries(GIVEN.map((name) => [name, "readonly"])),
        },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        rules: {
            curly: "error",
            eqeqeq: "error",
            "no-eval": "error",
            "no-implicit-globals": "error",
            "no-shadow": "error",
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
            "prefer-template": "error",
            complexity: ["error", 10],
        },
    },
    {
        files: ["static/src/**/*.js"], // a tour is one long list of steps
        rules: { "max-lines-per-function": ["error", 45] },
    },
];
