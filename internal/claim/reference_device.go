package claim

// DeviceRow is one registered device of an institution while its row is valid. Grade is as registered: "64排", "3.0T".
type DeviceRow struct {
	No, Type, Grade string
	From, To        Day
}

// readDevices reads the register of devices (table device) by institution.
func (r *Reference) readDevices(table func(string) *Batch) {
	r.devices = map[int32][]DeviceRow{}
	list := r.ds[DictList]
	r.each("device", table, func(g rowGetter) {
		inst := g.code("fixmedins_code")
		r.devices[inst] = append(r.devices[inst], DeviceRow{No: g.b.Str(g.b.Table.MustCol("device_no"), g.row),
			Type: list.String(g.code("device_type")), Grade: list.String(g.code("grade")), From: g.from(), To: g.to()})
	})
}

// Devices are the devices an institution registered.
func (r *Reference) Devices(inst int32) []DeviceRow { return r.devices[inst] }

// On tells whether the row is valid on a day.
func (x *DeviceRow) On(d Day) bool { return (x.From == NoDay || x.From <= d) && d <= x.To }
