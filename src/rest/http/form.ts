import type { FastifyRequest } from 'fastify';

import { AppError } from '../errors/app-error.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route takes a form with a file (`multipart/form-data`) of at most this many bytes. */
    largestFile?: number;
  }
}

/** What a form holds: its texts, and the file of its part `file`. */
export interface Form {
  readonly fields: ReadonlyMap<string, string>;
  readonly file: Buffer | undefined;
}

/** Everything about a form but the size of its file: no client needs more. */
const limits = {
  files: 1,
  fields: 10,
  parts: 11,
  fieldSize: 10_000,
  fieldNameSize: 100,
  headerPairs: 20,
  headerSize: 8192,
};

/** More than the parts of a form take besides the file. */
const besides = 200_000;

/**
 * Reads a form whose bytes have not been taken from the connection yet.
 *
 * @throws AppError `fileTooLarge`, `malformedMultipart`, `overloaded`
 */
export async function readForm(request: FastifyRequest): Promise<Form> {
  const { largestFile: fileSize = 0 } = request.routeOptions.config;
  if (Number(request.headers['content-length']) > fileSize + besides) throw tooLarge(fileSize);
  const fields = new Map<string, string>();
  let file: Buffer | undefined;
  try {
    for await (const part of request.parts({ limits: { ...limits, fileSize } })) {
      if (part.type === 'field') fields.set(part.fieldname, String(part.value));
      else if (part.fieldname === 'file') file = await request.bodyLease.read(part.file);
      else part.file.resume();
    }
  } catch (error) {
    // What still comes is read and dropped, so that the client gets to reading the answer.
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
