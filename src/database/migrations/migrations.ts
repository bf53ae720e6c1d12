import { Initial1795486875574 } from './1795486875574-initial.js';

/** Every migration, oldest first. */
export const migrations = [Initial1795486875574];
