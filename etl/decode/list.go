package decode

// separated appends what stands between the items of a list, where there is one already.
func separated(list []byte) []byte {
	if len(list) > 0 {
		list = append(list, ',')
	}
	return list
}

// appendItem appends an item to a list. Commas in it are escaped; backslashes must be already.
func appendItem(list, item []byte) []byte {
	list = separated(list)
	for _, c := range item {
		if c == ',' {
			list = append(list, '\\')
		}
		list = append(list, c)
	}
	return list
}
