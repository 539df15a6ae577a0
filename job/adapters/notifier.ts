/** The interface of a notifier: which settings ask for it, and how it is opened. */
import type { Group } from "../config/schema.ts";
import type { Settings } from "../config/types.ts";
import type { Notifier } from "../ports.ts";
import type { SourceTools } from "./source.ts";

/** What a notifier needs. */
export type NotifierTools = Pick<SourceTools, "redactor" | "env">;

/** A kind of notifier. Its group of the table has the rules across its settings. */
export interface NotifierKind {
  readonly name: string;
  /** Its group in the table of settings. */
  readonly settings: Group;
  /** Whether the settings ask for it. */
  isConfigured(settings: Settings): boolean;
  /** Opens it; nothing is connected before the first message. Its code is loaded here, so that a run without notifications pays nothing. */
  open(settings: Settings, tools: NotifierTools): Promise<Notifier>;
}
