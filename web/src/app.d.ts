declare global {
  namespace App {
    interface Error {
      message: string;
      /** The sentence the service said, where it said one. */
      said?: string;
      lang?: string;
    }
  }
}

export {};
