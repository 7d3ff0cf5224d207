/** A process as the system's list of processes shows it. Bytes, in Lua's form. */
export interface ProcessEntry {
  readonly pid: number;
  /** On Linux what the kernel keeps of it, 15 bytes at most; elsewhere the file name of the program. */
  readonly name: string;
  readonly parent: number;
  /** Whether it has ended and is only there until its parent takes notice. */
  readonly isZombie: boolean;
  /** The arguments with blanks between them; absent for what has none, such as threads of the kernel. */
  readonly commandLine?: string;
}
