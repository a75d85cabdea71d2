// Raw contents as an answer. What other people's programs wrote is only ever saved by a browser, never shown as a page of ours.
import type { FastifyReply } from 'fastify';
import type { Bytes } from './handler.ts';

/** RFC 9110, section 8.3.1, with parameters as far as they are plain. */
const MEDIA_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:; ?[\w-]+=[\w.+-]+)*$/;

/** Sends contents as they are read. */
export function sendBytes(reply: FastifyReply, { contentType, contents, fileName, sizeBytes }: Bytes): FastifyReply {
  if (fileName !== undefined)
    reply.header('content-disposition', `attachment; filename*=UTF-8''${attributeText(fileName)}`);
  if (sizeBytes !== undefined) reply.header('content-length', sizeBytes);
  const type = MEDIA_TYPE.test(contentType) ? contentType : 'application/octet-stream';
  return reply.header('content-type', type).header('x-content-type-options', 'nosniff').send(contents);
}

/** The last part of a file's name as RFC 8187 spells it. */
function attributeText(fileName: string): string {
  const name = fileName.toWellFormed().split('/').at(-1) || 'output';
  return encodeURIComponent(name).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
