/** The rules that a round may break. */
export type Rule =
  | 'every buyer gets an answer'
  | 'the answer is what happened'
  | 'a refusal is for want of stock'
  | 'a request places one order'
  | 'every order is somebody’s'
  | 'every order ends'
  | 'no saga stays open'
  | 'exactly what can be sold is sold'
  | 'stock is what was not sold'
  | 'movements explain the stock'
  | 'no reservation leaks'
  | 'shoppers see the stock'
  | 'the ledger balances'
  | 'a sold order is captured once, exactly'
  | 'an order not sold nets to nothing'
  | 'no payment operation stays open'
  | 'the ledger is what the provider did'
  | 'nothing stays held on a card'
  | 'facts are published'
  | 'each fact is told once'
  | 'what was bought leaves the cart'
  | 'the read model is the books';

/** A rule that does not hold, of what, and how it is instead. */
export interface Broken {
  readonly rule: Rule;
  /** The order, buyer or thing. */
  readonly subject: string;
  readonly detail: string;
}

/** Collects what is broken. */
export type Report = (rule: Rule, subject: string, detail: string) => void;
