import type { MessageCode } from '../rest/messages/messages.js';
import { texts } from './texts.js';

/**
 * A text of pages. `%(name)s` stands for a parameter of the message; `%(when)s` for the wait of the parameter `minutes`
 * in words, such as `in 5 minutes`. Two texts: singular and plural of the parameter.
 */
type MessageText = string | readonly [one: string, many: string];

const fillIn = 'Please fill in this field.';
const chooseOne = 'Please select an option.';
const wholeNumber = 'Please enter a whole number.';
const unreadableFile = 'This file cannot be read.';
const weakPassword = 'This password is easy to guess. Use a longer one, for example several unrelated words.';
const tryAgain = 'Too many attempts. Try again %(when)s.';
const restart = 'This process was interrupted. Please start over.';

/** What pages show for each message. authentik's English is for programs; visitors get plain words. */
export const messageTexts = {
  required: fillIn,
  null: fillIn,
  blank: fillIn,
  nullCharacters: texts.refusedWhy,
  maxLength: ['Please use at most %(limit)s character.', 'Please use at most %(limit)s characters.'],
  maxValue: 'Please enter %(maximum)s or less.',
  minValue: 'Please enter %(minimum)s or more.',
  numberTooLong: wholeNumber,
  noData: texts.refusedWhy,
  notDictionary: texts.refusedWhy,
  notText: texts.refusedWhy,
  notInteger: wholeNumber,
  notBoolean: chooseOne,
  notChoice: chooseOne,
  notEmail: 'Please enter a valid email address, such as name@example.com.',
  notDate: 'Please enter a date.',
  notDateTime: 'Please enter a date and a time.',
  notDataUri: unreadableFile,
  notBase64: unreadableFile,
  usernameInvalid: 'Please use only letters, digits and characters such as . - _',
  usernameTaken: 'This username is taken. Please choose another one.',
  addressIsUsername: 'This address is the username of another account. Please use another one.',
  addressNotProved: 'A new email address must be confirmed first. Please ask an administrator to change it.',
  usernameIsForeignAddress: 'A username that is an email address must be your own.',
  passwordsDiffer: 'The passwords do not match.',
  passwordTooLong: 'This password is too long. Please use at most 1,000 characters.',
  passwordTooShort: 'Please use at least 8 characters.',
  passwordCommon: 'This password is too common. Please choose another one.',
  passwordPersonal:
    'Your password must not be based on your name, username, email address or the name of this service.',
  passwordGuessable: weakPassword,
  passwordTooWeak: weakPassword,
  passwordRefused: 'This password cannot be used. Please choose another one.',
  passwordMissing: 'Please choose a password.',
  signInFailed: 'These details are not correct. Please check them and try again.',
  passwordWrong: 'Incorrect password.',
  addressUnconfirmed: 'Confirm your email address first.',
  accountInactive: 'This account is not active.',
  accountChanged: 'Your account was changed in the meantime. Please start over.',
  lastSuperuser: 'The last administrator account cannot be deleted.',
  accountNotProved:
    'Please confirm that this account is yours: sign in with your password or use a link from an email.',
  signedIn: 'You are signed in.',
  logIn: texts.signIn,
  continue: 'Continue',
  runBroken: restart,
  noPendingData: restart,
  noPendingUser: restart,
  noUserToSignIn: restart,
  noUserToDelete: restart,
  noUserToChange: restart,
  flowNotApplicable: 'This page is not available to you. You may already be signed in.',
  policyNotEvaluated: 'This page is not set up completely. Please contact the operator of this site.',
  userNotWritten: 'Your details could not be saved. The username may already be taken. Please start over.',
  consentDeclined: 'You did not agree, so this cannot continue.',
  invitationInvalid: 'This invitation is not valid or has already been used.',
  nextUrlInvalid: 'The redirect address is not part of this site.',
  tooManyAttempts: tryAgain,
  tooManyMails: tryAgain,
  tooManySignUps: [
    'Too many accounts were created from your network. Please try again in %(minutes)s minute.',
    'Too many accounts were created from your network. Please try again in %(minutes)s minutes.',
  ],
  mailSent: 'Email sent.',
  mailResent: 'Email sent.',
  mailImpossible: 'We cannot send email to this address.',
  addressConfirmed: 'Your email address is confirmed.',
  confirmedElsewhere:
    'The link was opened in another tab or on another device. Continue there. You can close this page.',
  confirmMail: 'Please confirm that you received our email.',
  useLink: 'Continue to access your account.',
  acceptInvitation: 'Accept the invitation to create your account.',
  codeWrong: 'This code is incorrect or has expired.',
  codeMalformed: 'Please enter the 6-digit code from the email.',
  codeExpired: 'This code has expired. Request a new one.',
  codesOfMailUsedUp: 'Too many incorrect codes. Open the link in the email or request a new email.',
  codesOfRunUsedUp: 'Too many incorrect codes. Open the link in the email.',
  linkUnknown: texts.linkUnknownWhy,
  linkUsed: texts.linkUsedWhy,
  linkReplaced: texts.linkSupersededWhy,
  linkExpired: texts.linkExpiredWhy,
  linkOfChangedAccount: texts.linkInvalidWhy,
  linkOfOtherFlow: texts.linkElsewhereWhy,
  linkOutOfPlace: texts.linkElsewhereWhy,
} as const satisfies Readonly<Record<MessageCode, MessageText>>;
