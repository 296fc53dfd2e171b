package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"
)

// webhookTime bounds one POST.
const webhookTime = 15 * time.Second

// checkWebhook refuses what cannot be posted to, without saying it: such URLs hold secrets.
func checkWebhook(address string) error {
	if address == "" {
		return nil
	}
	if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return usage(errors.New("--webhook: an address such as https://example.org/hook"))
	}
	return nil
}

// postSummary sends the summary once, also when the run was interrupted. No error says more of the address than its host.
func postSummary(ctx context.Context, address string, summary *nightSummary) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), webhookTime)
	defer cancel()
	text, err := json.Marshal(summary)
	if err != nil {
		return fmt.Errorf("post summary: %w", err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(text))
	if err != nil {
		return errors.New("post summary: the address is none")
	}
	host := request.URL.Host
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "pcaplake/"+version)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		var of *url.Error
		if errors.As(err, &of) {
			err = of.Err
		}
		return fmt.Errorf("post summary to %s: %w", host, err)
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, 1<<16)) // what it says does not matter
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("post summary to %s: %s", host, response.Status)
	}
	return nil
}
