/** placeholder */
import type { Command } from "./io.ts";
export const doctorCommand: Command = async () => 1;
