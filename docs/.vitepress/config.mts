/** The documentation as a site: its order, search, version. `npm run site` builds it into docs/.vitepress/dist. */
import { readFileSync } from "node:fs";
import { defineConfig } from "vitepress";

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string };

export default defineConfig({
  title: "prophet-autoscaler",
  description: "A predictive autoscaler for Kubernetes that is one short-lived job.",
  // a folder for each version, e.g. /0.1.0/
  base: process.env.SITE_BASE ?? "/",
  lang: "en",
  // what a page links to outside of docs/ is in the repository, and a test sees to it
  ignoreDeadLinks: [/\.\.\/(bench|fixtures|job|manifests|scripts|stress-app|test)\//, /(CONTRIBUTING|README|SECURITY|CHANGELOG)/],
  themeConfig: {
    search: { provider: "local" },
    outline: "deep",
    nav: [{ text: version, link: "/" }],
    sidebar: [
      {
        text: "Begin",
        items: [
          { text: "What it is", link: "/" },
          { text: "Ten minutes", link: "/ten-minutes" },
          { text: "An evening", link: "/evening" },
          { text: "Concepts", link: "/concepts" },
          { text: "Glossary", link: "/glossary" },
        ],
      },
      {
        text: "Use",
        items: [
          { text: "Installing", link: "/installing" },
          { text: "Choosing settings", link: "/choosing-settings" },
          { text: "Settings from your history", link: "/advise" },
          { text: "Any metric", link: "/any-metric" },
          { text: "Prophet and public holidays", link: "/prophet" },
          { text: "Many targets", link: "/many-targets" },
          { text: "Targets that are found", link: "/discovery" },
          { text: "Managed Prometheus", link: "/managed-prometheus" },
          { text: "Connections", link: "/connections" },
          { text: "Notifications", link: "/notifications" },
          { text: "Metrics", link: "/metrics" },
          { text: "GitOps", link: "/gitops" },
          { text: "Clusters as they are", link: "/clusters" },
          { text: "Migrating", link: "/migrating" },
        ],
      },
      {
        text: "When something looks wrong",
        items: [
          { text: "By symptom", link: "/troubleshooting" },
          { text: "Faults and what happens", link: "/operations" },
          { text: "FAQ", link: "/faq" },
          { text: "Reliability, measured", link: "/reliability" },
          { text: "Security", link: "/security" },
        ],
      },
      {
        text: "How it decides",
        items: [
          { text: "The mathematics", link: "/how-it-decides" },
          { text: "Accuracy, measured", link: "/accuracy" },
          { text: "The policy, measured", link: "/policy" },
          { text: "Speed, measured", link: "/speed" },
          { text: "Scale, measured", link: "/scale" },
          { text: "A pod for an hour, measured", link: "/hourly" },
          { text: "What each model is worth", link: "/ablation" },
          { text: "The demo, measured", link: "/demo" },
          { text: "The report", link: "/report" },
          { text: "What the tests catch", link: "/mutation" },
        ],
      },
      {
        text: "Decisions",
        collapsed: true,
        items: [
          { text: "0002 Prophet's solver", link: "/decisions/0002-prophet-solver" },
          { text: "0003 The forecaster", link: "/decisions/0003-forecaster" },
          { text: "0004 The policy", link: "/decisions/0004-policy" },
          { text: "0005 Conflicts", link: "/decisions/0005-conflicts" },
          { text: "0006 Data", link: "/decisions/0006-data" },
          { text: "0010 Settings and secrets", link: "/decisions/0010-settings-and-secrets" },
          { text: "0012 slo", link: "/decisions/0012-slo" },
          { text: "0013 The cold start", link: "/decisions/0013-cold-start" },
        ],
      },
      {
        text: "Reference",
        items: [
          { text: "Command line", link: "/cli" },
          { text: "Configuration", link: "/configuration" },
          { text: "Reasons, Events, exit codes, annotations", link: "/reasons" },
          { text: "Metrics reference", link: "/metrics-reference" },
          { text: "JSON output", link: "/output" },
        ],
      },
      {
        text: "Change it",
        items: [
          { text: "Architecture", link: "/architecture" },
          { text: "How to change", link: "/how-to-change" },
        ],
      },
    ],
  },
});
