/** Types of complaints that do not come from the recipient: https://www.iana.org/assignments/marf-parameters */
export const harmlessComplaints: readonly string[] = ['not-spam', 'auth-failure'];
