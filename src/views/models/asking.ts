/** What any part of the screen may ask the screen for. */
import { createContext, useContext } from 'react';

export interface Asking {
  /** Asks before it deletes. */
  onDelete(id: string): void;
}

export const AskingContext = createContext<Asking>({ onDelete: () => {} });

export const useAsking = (): Asking => useContext(AskingContext);
