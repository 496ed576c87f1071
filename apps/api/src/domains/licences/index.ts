/** Licences. Glossary: an *id* is drawn when an image is ordered and travels in its file; the *licence* is issued when the image is complete. */
export { drawLicenceIds, LICENCE_TAKEN } from './draw-licence-ids.ts';
export { issueLicence, type IssuedLicence } from './issue-licence.ts';
