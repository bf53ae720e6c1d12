import { ResponseOf } from '../../rest/fields/derived.js';
import {
  BooleanField,
  DateTimeField,
  IntegerField,
  ObjectField,
  TextField,
  UuidField,
} from '../../rest/fields/fields.js';

/** A number of mails. */
function Count(description: string, example: number): PropertyDecorator {
  return IntegerField({ readOnly: true, computed: true, description, example });
}

class MailStatisticsGroupFields {
  @Count('Number of mails.', 120)
  mails!: number;

  @Count('Accepted by a server, or kept in the local mailbox.', 114)
  sent!: number;

  @Count('Refused, or expired before a server accepted them.', 4)
  failed!: number;

  @Count('Queued, being sent or waiting for a retry.', 2)
  waiting!: number;

  @Count('Sent mails whose link or code verifies an address. Links are deleted a week after they have expired.', 100)
  verifiable!: number;

  @Count('Sent mails whose link or code was used.', 83)
  verified!: number;

  @IntegerField({
    readOnly: true,
    computed: true,
    nullable: true,
    description: 'Median time from the mail to the use of its link or code, in seconds; null if none was used.',
    example: 41,
  })
  median_seconds!: number | null;
}

class MailStatisticsFlowFields extends MailStatisticsGroupFields {
  @UuidField({ readOnly: true, nullable: true, description: 'Flow whose link the mails contain; null for none.' })
  flow!: string | null;

  @UuidField({ readOnly: true, nullable: true, description: 'Sending stage; null for mails of the service itself.' })
  stage!: string | null;
}

/** The mails of a stage in a flow. */
export class MailStatisticsFlowDto extends ResponseOf(MailStatisticsFlowFields) {}

class MailStatisticsDomainFields extends MailStatisticsGroupFields {
  @TextField({ readOnly: true, description: 'Domain of the recipients, in lower case.', example: 'example.org' })
  domain!: string;
}

/** The mails to a domain. */
export class MailStatisticsDomainDto extends ResponseOf(MailStatisticsDomainFields) {}

class MailStatisticsServerFields {
  @TextField({ readOnly: true, description: '`host:port`.', example: 'smtp.example.org:587' })
  server!: string;

  @Count('Mails that the server did not accept at least once.', 7)
  mails!: number;

  @Count('Attempts that the server did not accept.', 19)
  failures!: number;

  @BooleanField({
    readOnly: true,
    description: 'Whether it has accepted no mail since the last failure.',
    example: true,
  })
  failing!: boolean;

  @DateTimeField({ readOnly: true, description: 'When the last of these attempts started.' })
  last_failure!: Date;

  @UuidField({ readOnly: true, description: 'The mail of the last of these attempts.' })
  last_message!: string;
}

/** A server that did not accept mails. */
export class MailStatisticsServerDto extends ResponseOf(MailStatisticsServerFields) {}

class MailStatisticsIntervalFields {
  @DateTimeField({ readOnly: true, description: 'Start of the interval.' })
  time!: Date;

  @Count('Mails created in the interval that were sent or kept in the local mailbox.', 11)
  sent!: number;

  @Count('Mails created in the interval that failed.', 1)
  failed!: number;

  @Count('Mails created in the interval that wait.', 0)
  waiting!: number;
}

/** The mails of an interval. */
export class MailStatisticsIntervalDto extends ResponseOf(MailStatisticsIntervalFields) {}

class MailStatisticsFields extends MailStatisticsGroupFields {
  @DateTimeField({ readOnly: true, description: 'Start of the period.' })
  since!: Date;

  @DateTimeField({ readOnly: true, description: 'End of the period.' })
  until!: Date;

  @Count('Discarded mails.', 0)
  discarded!: number;

  @Count('Mails in the local mailbox, which `sent` includes.', 0)
  captured!: number;

  @DateTimeField({
    readOnly: true,
    nullable: true,
    description: 'When the oldest waiting mail was created, also before the period; null if none waits.',
  })
  oldest_waiting!: Date | null;

  @IntegerField({ readOnly: true, computed: true, description: 'Length of an interval in seconds.', example: 900 })
  interval!: number;

  @ObjectField(MailStatisticsIntervalDto, {
    isArray: true,
    readOnly: true,
    description: 'All intervals, oldest first.',
  })
  intervals!: MailStatisticsIntervalDto[];

  @ObjectField(MailStatisticsFlowDto, {
    isArray: true,
    readOnly: true,
    description: 'By flow and stage: the 50 with the most mails.',
  })
  flows!: MailStatisticsFlowDto[];

  @ObjectField(MailStatisticsDomainDto, {
    isArray: true,
    readOnly: true,
    description: 'By domain of the recipients: the 20 with the most mails.',
  })
  domains!: MailStatisticsDomainDto[];

  @ObjectField(MailStatisticsServerDto, {
    isArray: true,
    readOnly: true,
    description: 'Servers that did not accept mails: the 20 with the most failures.',
  })
  servers!: MailStatisticsServerDto[];
}

/** Figures about mails of a period. No recipient appears in them, only domains. */
export class MailStatisticsDto extends ResponseOf(MailStatisticsFields) {}
