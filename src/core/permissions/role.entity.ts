import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';

/** A set of permissions that groups grant to their members. */
@Entity()
@Unique('uq_role_name', ['name'])
export class Role {
  @PrimaryColumn({ type: 'uuid', name: 'role_uuid' })
  pk!: string;

  @Column({ type: 'varchar', length: 150 })
  name!: string;
}
