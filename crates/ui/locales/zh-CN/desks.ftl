desks = 本岗位的专用页面
