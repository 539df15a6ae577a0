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
          { text: "Metrics reference", link: "/metrics-reference" },
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
          { text: "What each model is worth", link: "/ablation" },
          { text: "The demo, measured", link: "/demo" },
          { text: "The report", link: "/report" },
          { text: "What the tests catch", link: "/mutation" },
        ],
      },
      {
        text: "Reference",
        items: [
          { text: "Command line", link: "/cli" },
          { text: "Configuration", link: "/configuration" },
          { text: "Reasons, Events, exit codes, annotations", link: "/reasons" },
          { text: "JSON output", link: "/output" },
          { text: "Glossary", link: "/glossary" },
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
