// What several callers ask at the same time goes in one request.

interface Caller<Question, Answer> {
  readonly question: Question;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

const maxRequests = 4;

export class Together<Question, Answer> {
  readonly #askAll: (questions: readonly Question[]) => Promise<readonly Answer[]>;
  readonly #maxQuestions: number;
  #waiting: Caller<Question, Answer>[] = [];
  #running = 0;

  /** `askAll` answers each question, in their order. */
  constructor(askAll: (questions: readonly Question[]) => Promise<readonly Answer[]>, maxQuestions: number) {
    this.#askAll = askAll;
    this.#maxQuestions = maxQuestions;
  }

  /** The answer is of some moment after the call. */
  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      // Whoever calls in the same turn of the event loop comes along.
      if (this.#waiting.push({ question, resolve, reject }) === 1) queueMicrotask(() => this.#go());
    });
  }

  #go(): void {
    while (this.#running < maxRequests && this.#waiting.length > 0) {
      this.#running++;
      void this.#serve(this.#waiting.splice(0, this.#maxQuestions)).finally(() => {
        this.#running--;
        this.#go();
      });
    }
  }

  async #serve(callers: readonly Caller<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.#askAll(callers.map(({ question }) => question));
      for (const [place, { resolve }] of callers.entries()) resolve(answers[place]!);
    } catch (error) {
      for (const { reject } of callers) reject(error);
    }
  }
}
