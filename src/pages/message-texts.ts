import type { MessageCode } from '../rest/messages/messages.js';
import { texts } from './texts.js';

/**
 * A text of pages. `%(name)s` stands for a parameter of the message; `%(when)s` for the wait of the parameter `minutes`
 * in words, such as `in 5 minutes`. Two texts: singular and plural of the parameter.
 */
type MessageText = string | readonly [one: string, many: string];

const fillIn = 'Please fill this in.';
const chooseOne = 'Please choose one.';
const wholeNumber = 'Please enter a whole number.';
const unreadableFile = 'This file cannot be read.';
const weakPassword =
  'This password is easy to guess. Make it longer, for example with several words that do not belong together.';
const tryAgain = 'Too many attempts. Try again %(when)s.';
const restart = 'This run through the steps is not complete any more. Please start again.';

/** What pages show for each message. authentik's English is for programs; visitors get plain words. */
export const messageTexts = {
  required: fillIn,
  null: fillIn,
  blank: fillIn,
  nullCharacters: texts.refusedWhy,
  maxLength: ['Please use at most %(limit)s character.', 'Please use at most %(limit)s characters.'],
  maxValue: 'Please enter a number that is not larger than %(maximum)s.',
  minValue: 'Please enter a number that is not smaller than %(minimum)s.',
  numberTooLong: wholeNumber,
  noData: texts.refusedWhy,
  notDictionary: texts.refusedWhy,
  notText: texts.refusedWhy,
  notInteger: wholeNumber,
  notBoolean: chooseOne,
  notChoice: chooseOne,
  notEmail: 'Please enter an email address, such as name@example.com.',
  notDate: 'Please enter a date.',
  notDateTime: 'Please enter a date and a time.',
  notDataUri: unreadableFile,
  notBase64: unreadableFile,
  usernameInvalid: 'Please use letters, digits and characters such as . - _ only.',
  usernameTaken: 'This name is taken. Please choose another one.',
  addressIsUsername: 'This address is the name of another account. Please use another one.',
  addressNotProved: 'A new email address must be confirmed first. Please ask an administrator to change it.',
  usernameIsForeignAddress: 'A name that is an email address must be your own address.',
  passwordsDiffer: 'The two passwords are not the same.',
  passwordTooLong: 'This password is too long. Please use at most 1,000 letters.',
  passwordTooShort: 'Please use at least 8 characters.',
  passwordCommon: 'This is one of the most common passwords. Please choose one that nobody else uses.',
  passwordPersonal:
    'Please do not use your name, user name or email address, or the name of this service, as the password.',
  passwordGuessable: weakPassword,
  passwordTooWeak: weakPassword,
  passwordRefused: 'This password cannot be used. Please choose another one.',
  passwordMissing: 'Please choose a password.',
  signInFailed: 'That did not work. Please check what you typed.',
  passwordWrong: 'The password is not right.',
  accountInactive: 'This account is not active.',
  accountChanged: 'Your account was changed in the meantime. Please start again.',
  lastSuperuser: 'This is the last administrator. The account cannot be deleted.',
  accountNotProved:
    'You have not proved that this account is yours. Please sign in with its password, or use a link that was mailed to you.',
  signedIn: 'You are signed in.',
  logIn: texts.signIn,
  continue: 'Continue',
  runBroken: restart,
  noPendingData: restart,
  noPendingUser: restart,
  noUserToSignIn: restart,
  noUserToDelete: restart,
  noUserToChange: restart,
  flowNotApplicable:
    'These steps are not for you at the moment. Perhaps you are signed in already, or have been through them.',
  userNotWritten: 'This could not be saved. Perhaps somebody else has taken the name. Please start again.',
  invitationInvalid: 'This invitation is not valid, or it was used already.',
  nextUrlInvalid: 'The address to go on to is not one of this site.',
  tooManyAttempts: tryAgain,
  tooManyMails: tryAgain,
  tooManySignUps: [
    'Too many accounts were created from your network. Please try again in %(minutes)s minute.',
    'Too many accounts were created from your network. Please try again in %(minutes)s minutes.',
  ],
  mailSent: 'The mail is on its way.',
  mailResent: 'The mail is on its way.',
  mailImpossible: 'No mail can be sent to this address.',
  addressConfirmed: 'Your email address is confirmed.',
  confirmedElsewhere:
    'The link was opened in another window or on another device. Please go on there; this page can be closed.',
  confirmMail: 'Please confirm that the mail has reached you, and go on.',
  codeWrong: 'This code is not right, or too old.',
  codeMalformed: 'Please enter the six digits from the mail.',
  codeExpired: 'This code has expired. Request a new one.',
  codesOfMailUsedUp: 'Too many codes were tried. Please open the link in the mail, or have another mail sent.',
  codesOfRunUsedUp: 'Too many codes were tried. Please open the link in the mail.',
  linkUnknown: texts.linkUnknownWhy,
  linkUsed: texts.linkUsedWhy,
  linkReplaced: texts.linkSupersededWhy,
  linkExpired: texts.linkExpiredWhy,
  linkOfChangedAccount: texts.linkInvalidWhy,
  linkOfOtherFlow: texts.linkElsewhereWhy,
  linkOutOfPlace: texts.linkElsewhereWhy,
} as const satisfies Readonly<Record<MessageCode, MessageText>>;
