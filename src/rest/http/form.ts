import type { FastifyRequest } from 'fastify';

import { AppError } from '../errors/app-error.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route accepts a form with a file (`multipart/form-data`) of at most this many bytes. */
    largestFile?: number;
  }
}

/** A parsed form: its text fields, and the file of its part `file`. */
export interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly file: Buffer | undefined;
}

/** Limits of a form, except the size of its file. */
const limits = {
  files: 1,
  fields: 10,
  parts: 11,
  fieldSize: 10_000,
  fieldNameSize: 100,
  headerPairs: 20,
  headerSize: 8192,
};

/** Bytes of a form in addition to its file, at most. */
const formOverheadBytes = 200_000;

/**
 * Reads a form from the connection.
 *
 * @throws AppError `fileTooLarge`, `malformedMultipart`, `overloaded`
 */
export async function readForm(request: FastifyRequest): Promise<Form> {
  const { largestFile: fileSize = 0 } = request.routeOptions.config;
  if (Number(request.headers['content-length']) > fileSize + formOverheadBytes) throw tooLarge(fileSize);
  const fields = new Map<string, string>();
  let file: Buffer | undefined;
  try {
    for await (const part of request.parts({ limits: { ...limits, fileSize } })) {
      if (part.type === 'field') fields.set(part.fieldname, String(part.value));
      else if (part.fieldname === 'file') file = await request.bodyLease.read(part.file);
      else part.file.resume();
    }
  } catch (error) {
    // Drains the rest, so that the client can read the response.
    request.raw.resume();
    if (error instanceof AppError) throw error;
    const { code, message } = error as { code?: string; message: string };
    throw code === 'FST_REQ_FILE_TOO_LARGE' ? tooLarge(fileSize) : new AppError('malformedMultipart', message);
  }
  return { fields, file };
}

function tooLarge(fileSize: number): AppError {
  return new AppError('fileTooLarge', String(Math.floor(fileSize / 1_048_576)));
}
