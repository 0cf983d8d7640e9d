package store

// OwnSealed lists the columns that a rotation seals anew, as table.column.
func OwnSealed() (all []string) {
	for _, c := range ownColumns {
		all = append(all, c.table+"."+c.column)
	}
	return all
}
