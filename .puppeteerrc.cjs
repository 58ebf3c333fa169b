// An installed Chromium or Chrome is found at run time; nothing is downloaded at install time.
module.exports = { skipDownload: true };
