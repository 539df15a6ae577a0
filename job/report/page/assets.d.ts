/** Script and style of the page, bundled by scripts/build.ts into dist/; package.json's `imports` names the file. */
declare module "#report-page" {
  export const script: string;
  export const style: string;
}
