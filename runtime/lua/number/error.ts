/** Why an operation on numbers has no result. The engine words it as a Lua error with its position. */
export class NumberError {
  constructor(readonly message: string) {}
}

export function noInteger(): NumberError {
  return new NumberError("number has no integer representation");
}
